import { fail } from '../../base/errors.ts';
import type { RandomSource } from '../../contracts/index.ts';
import { sampleGamma } from './sample-gamma.ts';

/**
 * Draws the lower Cholesky factor of a Wishart matrix, by Bartlett's decomposition.
 *
 *     A = L·C,  A Aᵀ ~ Wishart(W = L Lᵀ, ν);   C_ii² ~ χ²(ν − i + 1), i = 1 … D;   C_ij ~ N(0, 1), i > j
 *
 * @param degrees  ν, greater than D − 1; not necessarily whole
 * @param scaleFactor  L, `[D, D]`, lower triangular with a positive diagonal
 * @param d  D
 * @param out  receives A, `[D, D]`, lower triangular; not `scaleFactor` itself
 * @returns A
 * @throws MixtentionError BAD_OPTION when ν ≤ D − 1
 *
 * Cost: D gamma draws, D(D−1)/2 normals, D³/6 multiply–adds.
 * Source: Bartlett (1933); Smith & Hocking (1972), Algorithm AS 53.
 *
 * @example
 * const factor = sampleWishartFactor(generator(key(0)), 5, Float64Array.of(1, 0, 0, 1), 2);
 * factor.length; // 4
 * factor[1]; // 0: above the diagonal
 */
export function sampleWishartFactor(
  random: RandomSource,
  degrees: number,
  scaleFactor: Float64Array,
  d: number,
  out: Float64Array = new Float64Array(d * d),
): Float64Array {
  if (!(degrees > d - 1)) {
    fail('core/sampleWishartFactor', 'BAD_OPTION', `degrees of freedom are ${degrees}, more than ${d - 1} are due`);
  }
  const c = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) c[i * d + j] = random.normal();
    c[i * d + i] = Math.sqrt(2 * sampleGamma(random, (degrees - i) / 2));
  }
  out.fill(0, 0, d * d);
  for (let i = 0; i < d; i++) {
    for (let k = 0; k <= i; k++) {
      for (let j = 0; j <= k; j++) out[i * d + j]! += scaleFactor[i * d + k]! * c[k * d + j]!;
    }
  }
  return out;
}
