import type { RandomSource } from '../../contracts/index.ts';

/**
 * Draws from the standard Gumbel distribution: the largest of log r_k + g_k over k is component k with probability r_k.
 *
 *     g = −log(−log u),  u uniform in (0, 1)
 *
 * @returns between −3.7 and 36.8, since u keeps 2⁻⁵³ away from 0 and 1
 *
 * Source: Gumbel (1954); its use for categorical draws, Maddison, Tarlow & Minka (2014).
 *
 * @example
 * const random = generator(key(0));
 * const draws = Array.from({ length: 10_000 }, () => sampleGumbel(random));
 * draws.reduce((a, b) => a + b) / 10_000; // about 0.577, Euler's constant
 */
export function sampleGumbel(random: RandomSource): number {
  return -Math.log(-Math.log(random.uniform()));
}
