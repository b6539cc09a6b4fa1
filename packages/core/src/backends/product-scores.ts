import type { WhitenedTerm } from '../contracts/index.ts';
import { FARTHEST } from '../kernel/pivots.ts';
import { gram, invertLower } from '../numeric/linalg/index.ts';
import { MASKED } from './tfjs-scores.ts';

/** Scores are products where the terms of a component's own rows are at most so large a column. */
export const MOST_TERM = 30;
/** Σ |P_ij| of a component: below it no score of a row within `FARTHEST` of 0 leaves float32. */
const MOST_PRECISION = 1e7;

/**
 * The products of two columns, each once, as they are laid out for scores and sums of squares:
 *
 *     φ(x) = [x_i x_(i+s) mod D, i < D or D/2, for s = 1 … ⌊D/2⌋; x_i², x_i, 1 for i < D]      P = D (D − 1)/2 + 3 D
 *
 * A shift s of all columns against themselves is one product of two blocks of memory. Squares come last, each with its linear and constant
 * part: so added, the terms of a score cancel as they come and the sum stays near what it ends as, which keeps a digit in float32.
 *
 * @example
 * productsWidth(3); // 12: three products of two columns; square, column and 1 for each
 */
export function productsWidth(D: number): number {
  return firstSquare(D) + 3 * D;
}

/**
 * Row of φ that holds x_0²; x_0, 1, x_1² and so on follow.
 *
 * @example
 * firstSquare(3); // 3
 */
export function firstSquare(D: number): number {
  return (D * (D - 1)) / 2;
}

/**
 * Calls `visit(row of φ, i, j)` for each product of two different columns, in the order of the rows. Columns and rows are counted from 0.
 *
 * @example
 * const pairs = [];
 * eachPair(3, (row, i, j) => pairs.push([row, i, j]));
 * pairs; // [[0, 0, 1], [1, 1, 2], [2, 2, 0]]
 */
export function eachPair(D: number, visit: (row: number, i: number, j: number) => void): void {
  let row = 0;
  for (let s = 1; s <= D / 2; s++) for (let i = 0; i < (2 * s === D ? s : D); i++) visit(row++, i, (i + s) % D);
}

/**
 * Whitened scores as one product with φ: `b − ½‖Wx − c‖² = h·φ(x)`, from `P = WᵀW`, `Pμ` and `μ = W⁻¹c`.
 *
 * h comes in float32, and what that rounds away of the mean score of a component's own rows is given back in its constants: the rounding of h is
 * the same for every row, so sums over rows would not average it out, and it changes from step to step, which would hide small gains.
 *
 * @param term  triangular, with a factor for each component
 * @param bias  b `[K]`
 * @returns h `[K, P]`, or null where terms are so much larger than their sum that float32 loses digits which whitened scores keep: components
 *          far from 0 in their own deviations, narrow ones, or columns that are nearly collinear
 *
 * Cost: K·D³.
 *
 * @example
 * // −½(x − 2)², by x², x and 1
 * productScores({ width: 1, factor: Float64Array.of(1), offset: Float64Array.of(2) }, Float64Array.of(0)); // [-0.5, 2, -2]
 */
export function productScores(
  { width: D, factor, offset }: Pick<WhitenedTerm, 'width' | 'factor' | 'offset'>,
  bias: Float64Array,
): Float32Array | null {
  const K = bias.length;
  const P = productsWidth(D);
  const h = new Float32Array(K * P);
  const squares = (k: number): number => offset.subarray(k * D, (k + 1) * D).reduce((sum, c) => sum + c * c, 0);
  // ½‖c‖² is a part of the terms that costs nothing to know.
  for (let k = 0; k < K; k++) if (!(squares(k) / 2 <= MOST_TERM * D) && !(bias[k]! <= MASKED)) return null;
  for (let k = 0; k < K; k++) {
    if (bias[k]! <= MASKED) {
      h[(k + 1) * P - 1] = MASKED;
      continue;
    }
    const whitener = factor.subarray(k * D * D, (k + 1) * D * D);
    const precision = gram(whitener, D);
    const { mean, second } = momentsOf(invertLower(whitener, D), offset.subarray(k * D, (k + 1) * D));
    if (!hasSmallTerms(precision, second)) return null;
    fill(h.subarray(k * P, (k + 1) * P), { precision, mean, second }, bias[k]!);
  }
  return h;
}

type Moments = {
  /** μ `[D]` */
  readonly mean: Float64Array;
  /** `E x xᵀ = μμᵀ + Σ` `[D, D]` */
  readonly second: Float64Array;
};

/** Moments of a component from `L = W⁻¹` and c. */
function momentsOf(factor: Float64Array, offset: Float64Array): Moments {
  const D = offset.length;
  const mean = times(factor, offset);
  const second = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = mean[i]! * mean[j]!;
      for (let l = 0; l <= j; l++) sum += factor[i * D + l]! * factor[j * D + l]!;
      second[i * D + j] = sum;
      second[j * D + i] = sum;
    }
  }
  return { mean, second };
}

/** Whether `½ Σ_ij |P_ij| r_i r_j`, r the root mean square of each column over own rows, is a small term; NaN is not. */
function hasSmallTerms(precision: Float64Array, second: Float64Array): boolean {
  const D = Math.sqrt(second.length);
  const root = Float64Array.from({ length: D }, (_, i) => Math.sqrt(second[i * D + i]!));
  const absolute = precision.map(Math.abs);
  const size = times(absolute, root).reduce((sum, row, i) => sum + row * root[i]!, 0) / 2;
  const most = absolute.reduce((sum, value) => sum + value, 0);
  return size <= MOST_TERM * D && most <= MOST_PRECISION && root.every((r) => r < FARTHEST);
}

function fill(h: Float32Array, { precision, mean, second }: Moments & { precision: Float64Array }, bias: number): void {
  const D = mean.length;
  let lost = 0;
  const put = (row: number, value: number, expected: number): void => {
    h[row] = value;
    lost += (value - h[row]!) * expected;
  };
  eachPair(D, (row, i, j) => put(row, -precision[i * D + j]!, second[i * D + j]!));
  const linear = times(precision, mean);
  for (let i = 0; i < D; i++) {
    const at = firstSquare(D) + 3 * i;
    put(at, -0.5 * precision[i * D + i]!, second[i * D + i]!);
    put(at + 1, linear[i]!, mean[i]!);
  }
  // The largest constants first: each takes up what those before it have lost.
  const constants = Array.from(mean, (m, i) => ({ row: firstSquare(D) + 3 * i + 2, value: -0.5 * linear[i]! * m }));
  constants[D - 1]!.value += bias;
  constants.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  for (const { row, value } of constants) {
    const due = value + lost;
    h[row] = due;
    lost = due - h[row]!;
  }
}

function times(matrix: Float64Array, x: Float64Array): Float64Array {
  const D = x.length;
  return x.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < D; j++) sum += matrix[i * D + j]! * x[j]!;
    return sum;
  });
}
