import { cholesky, invertLower, logDetFromCholesky } from '../../linalg/index.ts';
import type { WhitenedScores } from '../../types.ts';

/** log 2π */
export const LOG_2PI: number = Math.log(2 * Math.PI);

/** W = L⁻¹ and log |Σ| of Σ = L Lᵀ. */
export type Whitening = { readonly whitening: Float64Array; readonly logDet: number };

/**
 * The whitening matrix of a covariance: `‖W x‖² = xᵀ Σ⁻¹ x`.
 *
 * @param covariance  Σ, `[D, D]`
 * @returns W `[D, D]`, lower triangular, and log |Σ|; all NaN where Σ is not positive definite
 *
 * Cost: D³/3 multiply–adds.
 */
export function whiten(covariance: Float64Array, width: number): Whitening {
  const whitening = new Float64Array(width * width);
  if (cholesky(covariance, width, whitening) < width)
    return { whitening: whitening.fill(Number.NaN), logDet: Number.NaN };
  const logDet = logDetFromCholesky(whitening, width);
  return { whitening: invertLower(whitening, width, whitening), logDet };
}

/**
 * Scores `b_k − ½‖W_k (x − μ_k)‖²` from one whitening matrix a component.
 *
 * @param means  μ, `[K, D]`
 * @param whitening  W, `[K, D, D]`, lower triangular
 * @param bias  b, `[K]`
 */
export function whitenedScores(
  width: number,
  means: Float64Array,
  whitening: Float64Array,
  bias: Float64Array,
): WhitenedScores {
  const offset = new Float64Array(means.length);
  for (let row = 0; row < means.length; row++) {
    const k = Math.floor(row / width);
    for (let j = 0; j <= row % width; j++) offset[row]! += whitening[row * width + j]! * means[k * width + j]!;
  }
  return { form: 'whitened', components: bias.length, width, whitening, offset, bias };
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
