import type { Scores, Stand, WhitenedTerm } from '@mixtention/core';
import { cholesky, invertLower, logDetFromCholesky } from '@mixtention/core/numeric';

/** log 2π */
export const LOG_2PI: number = Math.log(2 * Math.PI);

/** W = L⁻¹ and log |Σ| of Σ = L Lᵀ. */
export type Whitening = {
  readonly whitening: Float64Array;
  readonly logDet: number;
  /** `maxᵢ √Σ_j W_ij² Σ_jj`: about the root of the condition number of the correlations; 1 for independent columns, whatever their scales. */
  readonly amplification: number;
};

/**
 * Float32 sums know a covariance to some 1e-7 of √(Σ_ii Σ_jj), so the narrowest direction to 1e-7 of the square of the amplification: here
 * to 1e-3, which costs a millionth of a nat a row. More, and EM would not settle: a column that is the sum of others to 1 % is enough.
 */
const MOST_AMPLIFICATION = 100;

/**
 * The whitening matrix of a covariance: `‖W x‖² = xᵀ Σ⁻¹ x`.
 *
 * @param covariance  Σ, `[D, D]`
 * @returns W `[D, D]`, lower triangular, log |Σ| and the amplification; all NaN where Σ is not positive definite
 *
 * Cost: D³/3 multiply–adds.
 */
export function whiten(covariance: Float64Array, width: number): Whitening {
  const whitening = new Float64Array(width * width);
  if (cholesky(covariance, width, whitening) < width)
    return { whitening: whitening.fill(Number.NaN), logDet: Number.NaN, amplification: Number.NaN };
  const logDet = logDetFromCholesky(whitening, width);
  invertLower(whitening, width, whitening);
  return { whitening, logDet, amplification: amplificationOf(whitening, covariance, width) };
}

function amplificationOf(whitening: Float64Array, covariance: Float64Array, width: number): number {
  let most = 0;
  for (let i = 0; i < width; i++) {
    let square = 0;
    for (let j = 0; j <= i; j++) square += whitening[i * width + j]! ** 2 * covariance[j * width + j]!;
    if (square > most) most = square;
  }
  return Math.sqrt(most);
}

/**
 * Scores `b_k − ½‖W_k (x − μ_k)‖²` from one whitening matrix a component, or one for all.
 *
 * @param means  μ, `[K, D]`
 * @param whitening  W, `[K, D, D]`, lower triangular, or `[D, D]` where all components share it
 * @param bias  b, `[K]`
 * @param amplification  the greatest of the K, which tells whether float32 will do
 * @param stand  rows as they are
 */
export function whitenedScores(
  width: number,
  means: Float64Array,
  whitening: Float64Array,
  bias: Float64Array,
  amplification: number,
  stand: Stand,
): Scores {
  const offset = whitenedMeans(means, whitening, width);
  const term: WhitenedTerm = { ...stand, form: 'whitened', width, factor: whitening, offset, triangular: true };
  return { components: bias.length, bias, terms: [isNarrow(amplification) ? { ...term, precision: 'float64' } : term] };
}

/** Whether float32 will not do for a covariance of that amplification. */
export function isNarrow(amplification: number): boolean {
  return amplification > MOST_AMPLIFICATION;
}

/** `W_k μ_k`, `[K, D]`, from one whitening matrix a component, or one for all. */
export function whitenedMeans(means: Float64Array, whitening: Float64Array, width: number): Float64Array {
  const offset = new Float64Array(means.length);
  for (let row = 0; row < means.length; row++) {
    const [k, i] = [Math.floor(row / width), row % width];
    const own = whitening.length === width * width ? i : row;
    for (let j = 0; j <= i; j++) offset[row]! += whitening[own * width + j]! * means[k * width + j]!;
  }
  return offset;
}

/** `‖W (x − μ)‖²`. */
export function squaredDistance(whitening: Float64Array, x: Float64Array, mean: Float64Array, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) {
    let y = 0;
    for (let j = 0; j <= i; j++) y += whitening[i * width + j]! * (x[j]! - mean[j]!);
    sum += y * y;
  }
  return sum;
}

/** `tr(W A Wᵀ) = tr(A Σ⁻¹)` for a symmetric A, `[D, D]`. */
export function traceUnder(whitening: Float64Array, a: Float64Array, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let y = 0;
      for (let l = 0; l <= i; l++) y += a[j * width + l]! * whitening[i * width + l]!;
      sum += whitening[i * width + j]! * y;
    }
  }
  return sum;
}

/** The same block K times. */
export function repeat(block: Float64Array, times: number): Float64Array {
  const all = new Float64Array(block.length * times);
  for (let k = 0; k < times; k++) all.set(block, k * block.length);
  return all;
}
