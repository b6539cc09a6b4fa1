import { invertLower } from './invert-lower.ts';

/**
 * Inverse of a symmetric positive definite matrix from its Cholesky factor.
 *
 *     A⁻¹ = L⁻ᵀ L⁻¹,  A = L Lᵀ
 *
 * @param lower  L, `[D, D]`
 * @param d    D
 * @param out  receives A⁻¹, `[D, D]`, symmetric to the last bit; may be `lower` itself
 * @returns A⁻¹
 *
 * Cost: D³/3 multiply–adds.
 * Source: Golub & Van Loan (2013), Matrix Computations, 4th ed., sec. 4.2.
 *
 * @example
 * inverseFromCholesky(Float64Array.of(2, 0, 1, Math.SQRT2), 2); // [0.375, −0.25, −0.25, 0.5]: the inverse of [4, 2; 2, 3]
 */
export function inverseFromCholesky(
  lower: Float64Array,
  d: number,
  out: Float64Array = new Float64Array(d * d),
): Float64Array {
  invertLower(lower, d, out);
  // Entry (i, j) needs rows i … D − 1 of L⁻¹ only, so the product may overwrite it from the top.
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < d; k++) sum += out[k * d + i]! * out[k * d + j]!;
      out[i * d + j] = sum;
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) out[j * d + i] = out[i * d + j]!;
  return out;
}
