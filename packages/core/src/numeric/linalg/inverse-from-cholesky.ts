import { gram } from './gram.ts';
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
  return gram(invertLower(lower, d), d, out);
}
