/**
 * Logarithm of the determinant of a symmetric positive definite matrix, from its Cholesky factor.
 *
 *     log |A| = 2 Σ_i log L_ii,  A = L Lᵀ
 *
 * @param lower  L, `[D, D]`
 * @param d  D
 * @returns log |A|; it cannot overflow, as the determinant itself would
 *
 * Cost: D logarithms.
 *
 * @example
 * logDetFromCholesky(Float64Array.of(2, 0, 1, Math.SQRT2), 2); // 2.079441541679836 (log 8)
 */
export function logDetFromCholesky(lower: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += Math.log(lower[i * d + i]!);
  return 2 * sum;
}
