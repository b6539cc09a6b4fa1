import { inverseFromCholesky, invertLower } from '../linalg/index.ts';
import type { WhitenedScores } from '../types.ts';

/** Scores are products where the terms of a component's own rows are at most so large a column, which blurs an evidence by less than 1e-6 nats a column. */
const MOST_TERM = 30;
/** Own rows within this and its inverse: float32 holds their squares. */
const FARTHEST = 1e12;

/**
 * The products of two columns, each once, as they are laid out for scores and sums of squares:
 *
 *     φ(x) = [x_i x_(i+s) mod D, i < D or D/2, for s = 1 … ⌊D/2⌋; x_i², x_i, 1 for i < D]      P = D (D − 1)/2 + 3 D
 *
 * A shift s of all columns against themselves is one product of two blocks of memory. Squares come last, each with its linear and constant
 * part: so added, the terms of a score cancel as they come and the sum stays near what it ends as, which keeps a digit in float32.
 */
export function productsWidth(D: number): number {
  return firstSquare(D) + 3 * D;
}

/** Row of φ that holds x_0²; x_0, 1, x_1² and so on follow. */
export function firstSquare(D: number): number {
  return (D * (D - 1)) / 2;
}

/** Calls `visit(row of φ, i, j)` for each product of two different columns. */
export function eachPair(D: number, visit: (row: number, i: number, j: number) => void): void {
  let row = 0;
  for (let s = 1; s <= D / 2; s++) for (let i = 0; i < (2 * s === D ? s : D); i++) visit(row++, i, (i + s) % D);
}

/**
 * Whitened scores as one product with φ: `b − ½‖Wx − c‖² = h·φ(x)`, `[K, P]`, from `WᵀW`, `Wᵀc` and `μ = W⁻¹c`.
 *
 * @returns null where terms are so much larger than their sum that float32 loses digits which whitened scores keep: components far from 0 in
 *          their own deviations, or columns that are nearly collinear
 *
 * Cost: K·D³.
 */
export function productScores({
  components: K,
  width: D,
  whitening,
  offset,
  bias,
}: WhitenedScores): Float64Array | null {
  const P = productsWidth(D);
  const natural = new Float64Array(K * P);
  for (let k = 0; k < K; k++) {
    if (bias[k] === Number.NEGATIVE_INFINITY) {
      natural[(k + 1) * P - 1] = Number.NEGATIVE_INFINITY;
      continue;
    }
    const factor = invertLower(whitening.subarray(k * D * D, (k + 1) * D * D), D);
    const mean = times(factor, offset.subarray(k * D, (k + 1) * D));
    const deviation = mean.map((_, i) => Math.hypot(...factor.subarray(i * D, (i + 1) * D)));
    const precision = inverseFromCholesky(factor, D);
    const root = mean.map((m, i) => Math.hypot(m, deviation[i]!));
    if (!(termSize(precision, root) <= MOST_TERM * D)) return null;
    fill(natural.subarray(k * P, (k + 1) * P), precision, mean, bias[k]!);
  }
  return natural;
}

function fill(h: Float64Array, precision: Float64Array, mean: Float64Array, bias: number): void {
  const D = mean.length;
  eachPair(D, (row, i, j) => {
    h[row] = -precision[i * D + j]!;
  });
  const linear = times(precision, mean);
  for (let i = 0; i < D; i++) {
    const at = firstSquare(D) + 3 * i;
    h[at] = -0.5 * precision[i * D + i]!;
    h[at + 1] = linear[i]!;
    h[at + 2] = -0.5 * linear[i]! * mean[i]!;
  }
  h[h.length - 1]! += bias;
}

function times(matrix: Float64Array, x: Float64Array): Float64Array {
  const D = x.length;
  return x.map((_, i) => x.reduce((sum, value, j) => sum + matrix[i * D + j]! * value, 0));
}

/** `½ Σ_ij |P_ij| r_i r_j`, r the root mean square of each column over a component's own rows; NaN where float32 could not square it. */
function termSize(precision: Float64Array, root: Float64Array): number {
  if (!root.every((r) => r < FARTHEST && r > 1 / FARTHEST)) return Number.NaN;
  const absolute = precision.map(Math.abs);
  return times(absolute, root).reduce((sum, row, i) => sum + row * root[i]!, 0) / 2;
}
