import type { RandomSource } from '../../contracts/index.ts';
import { sampleWishartFactor } from './sample-wishart-factor.ts';

/**
 * Draws a positive definite matrix from a Wishart distribution; its mean is ν W.
 *
 *     p(Λ) ∝ |Λ|^((ν−D−1)/2) exp(−½ tr(W⁻¹Λ)),  W = L Lᵀ
 *
 * @param degrees  ν, greater than D − 1
 * @param scaleFactor  L, `[D, D]`, lower triangular with a positive diagonal
 * @param d  D
 * @returns Λ, `[D, D]`, symmetric to the last bit
 * @throws MixtentionError BAD_OPTION when ν ≤ D − 1
 *
 * Cost: that of `sampleWishartFactor` and D³/6 multiply–adds; take the factor itself where the Cholesky factor of Λ is wanted.
 *
 * @example
 * const w = sampleWishart(generator(key(0)), 5, Float64Array.of(1, 0, 0, 1), 2); // mean 5·I
 * w[0] * w[3] > w[1] * w[2]; // true
 */
export function sampleWishart(
  random: RandomSource,
  degrees: number,
  scaleFactor: Float64Array,
  d: number,
): Float64Array {
  const factor = sampleWishartFactor(random, degrees, scaleFactor, d);
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += factor[i * d + k]! * factor[j * d + k]!;
      out[i * d + j] = out[j * d + i] = sum;
    }
  }
  return out;
}
