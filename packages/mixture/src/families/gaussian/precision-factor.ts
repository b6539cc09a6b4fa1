import { cholesky, freeOf, inverseFromCholesky, lower } from '@mixtention/core/numeric';

/**
 * Free numbers of the lower A with A Aᵀ = Σ⁻¹, its diagonal in logarithms.
 *
 * @param covariance  Σ, `[D, D]`
 * @returns `[D, D]`; NaN where Σ is not positive definite
 */
export function precisionFactor(covariance: Float64Array, width: number): Float64Array {
  const factor = new Float64Array(width * width);
  if (cholesky(covariance, width, factor) < width) return factor.fill(Number.NaN);
  const precision = inverseFromCholesky(factor, width);
  if (cholesky(precision, width, factor) < width) return factor.fill(Number.NaN);
  return freeOf(factor, width);
}

/** The reverse: Σ = (A Aᵀ)⁻¹. */
export function covarianceOf(free: Float64Array, width: number): Float64Array {
  return inverseFromCholesky(lower(free, width), width);
}
