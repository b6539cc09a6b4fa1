import type { RandomSource } from '../contracts/index.ts';

/**
 * What tests of factorizations are fed: random symmetric positive definite matrices of known condition.
 * A = Q diag(λ) Qᵀ, with λ spread evenly in logarithm from 1 to 1/condition and Q a product of D random reflections.
 *
 * @example
 * randomPositiveDefinite(generator(key(1)), 2).length; // 4
 */
export function randomPositiveDefinite(random: RandomSource, d: number, condition = 100): Float64Array {
  const a = new Float64Array(d * d);
  for (let i = 0; i < d; i++) a[i * d + i] = condition ** (-i / Math.max(1, d - 1));
  for (let r = 0; r < d; r++) {
    const v = Float64Array.from({ length: d }, () => random.normal());
    const norm = v.reduce((sum, x) => sum + x * x, 0);
    for (const [row, column] of [
      [d, 1],
      [1, d],
    ] as const)
      reflect(a, v, norm, row, column);
  }
  return a.map((_, ij) => (a[ij]! + a[(ij % d) * d + Math.floor(ij / d)]!) / 2);
}

/** A ← (I − 2 v vᵀ / ‖v‖²) A along one axis of A, walked by the two strides. */
function reflect(a: Float64Array, v: Float64Array, norm: number, along: number, across: number): void {
  for (let j = 0; j < v.length; j++) {
    let dot = 0;
    for (let i = 0; i < v.length; i++) dot += v[i]! * a[i * along + j * across]!;
    for (let i = 0; i < v.length; i++) a[i * along + j * across]! -= (2 * dot * v[i]!) / norm;
  }
}

/**
 * The product A·B of `[rows, inner]` and `[inner, cols]`, by the definition.
 *
 * @example
 * matrixProduct(Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 1), 2, 2, 1); // [3, 7]
 */
export function matrixProduct(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  cols: number,
): Float64Array {
  return Float64Array.from({ length: rows * cols }, (_, ij) => {
    const [i, j] = [Math.floor(ij / cols), ij % cols];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[i * inner + k]! * b[k * cols + j]!;
    return sum;
  });
}

/**
 * The transpose of a square matrix.
 *
 * @example
 * transposed(Float64Array.of(1, 2, 3, 4), 2); // [1, 3, 2, 4]
 */
export function transposed(a: Float64Array, d: number): Float64Array {
  return a.map((_, ij) => a[(ij % d) * d + Math.floor(ij / d)]!);
}

/**
 * The largest difference of two arrays, relative to the largest entry of the second.
 *
 * @example
 * largestDifference([1, 2], [1, 4]); // 0.5
 */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!)); // Math.max hands NaN on
    size = Math.max(size, Math.abs(b[i]!));
  }
  return difference / size;
}
