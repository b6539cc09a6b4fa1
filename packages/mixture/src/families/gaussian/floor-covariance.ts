import { cholesky } from '@mixtention/core/numeric';
import { symmetricEigen } from './symmetric-eigen.ts';

/** The least floor, also when none is asked for: below it a float64 factorisation of scaled columns is noise. */
const LEAST_FLOOR = 1e-12;

/** What a variance is kept above. */
export function leastVariance(floor: number): number {
  return Math.max(floor, LEAST_FLOOR);
}

/**
 * Raises the eigenvalues of a covariance to a floor, in place: among all Σ ⪰ floor·I the one of greatest likelihood, so that EM under a
 * floor is still monotone.
 *
 * @param covariance  `[D, D]`, symmetric up to rounding; its lower triangle counts
 * @returns whether anything was raised
 *
 * Cost: one Cholesky factorisation; an eigendecomposition where something is raised.
 * Source: the likelihood of a covariance separates over its eigenvalues, Anderson & Olkin (1985), Linear Algebra Appl. 70, 147–171.
 */
export function floorCovariance(covariance: Float64Array, width: number, floor: number): boolean {
  const least = leastVariance(floor);
  const shifted = covariance.slice();
  for (let i = 0; i < width; i++) shifted[i * width + i]! -= least;
  if (cholesky(shifted, width, shifted) === width) return false;
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) covariance[j * width + i] = covariance[i * width + j]!;
  const { values, vectors } = symmetricEigen(covariance, width);
  covariance.fill(0);
  for (let e = 0; e < width; e++) addOuter(covariance, width, vectors, e, Math.max(least, values[e]!));
  return true;
}

/** `A += value · v_e v_eᵀ`, v_e a column of `vectors`; symmetric to the last bit. */
function addOuter(a: Float64Array, width: number, vectors: Float64Array, e: number, value: number): void {
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      a[i * width + j]! += value * (vectors[i * width + e]! * vectors[j * width + e]!);
    }
  }
}
