import { fail } from '../../base/errors.ts';
import type { RandomSource } from '../../contracts/index.ts';

/**
 * Draws the logarithm of a gamma variate of scale 1: finite where the variate itself would be 0, as it is for small shapes.
 *
 *     p(g) = g^(a−1) e^(−g) / Γ(a);   for a < 1: log g = log g′ + log(u) / a,  g′ of shape a + 1
 *
 * @param shape  a, at least 1e-300
 * @returns log g
 * @throws MixtentionError BAD_OPTION for a shape outside the range
 *
 * Cost: a normal, a uniform and up to four logarithms; fewer than 5 % of proposals are refused.
 * Source: Marsaglia & Tsang (2000), ACM TOMS 26(3), sec. 3 and 6.
 *
 * @example
 * sampleLogGamma(generator(key(0)), 0.001); // −1745.9: the mean is about −1000, where exp is 0
 */
export function sampleLogGamma(random: RandomSource, shape: number): number {
  if (!(shape >= 1e-300 && shape < Number.POSITIVE_INFINITY)) {
    fail('core/sampleLogGamma', 'BAD_OPTION', `shape is ${shape}, a finite number from 1e-300 is due`);
  }
  if (shape < 1) return sampleLogGamma(random, shape + 1) + Math.log(random.uniform()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const logV = 3 * Math.log(root);
    if (Math.log(random.uniform()) < 0.5 * x * x + d * (1 - root ** 3 + logV)) return Math.log(d) + logV;
  }
}
