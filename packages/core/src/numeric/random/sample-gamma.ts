import type { RandomSource } from '../../contracts/index.ts';
import { sampleLogGamma } from './sample-log-gamma.ts';

/**
 * Draws from the gamma distribution of scale 1.
 *
 *     p(g) = g^(a−1) e^(−g) / Γ(a)
 *
 * @param shape  a, at least 1e-300; below about 0.01 draws underflow to 0, where `sampleLogGamma` does not
 * @throws MixtentionError BAD_OPTION for a shape outside the range
 *
 * Source: Marsaglia & Tsang (2000), ACM TOMS 26(3).
 *
 * @example
 * const chiSquare = 2 * sampleGamma(generator(key(0)), 5 / 2); // of 5 degrees of freedom
 */
export const sampleGamma = (random: RandomSource, shape: number): number => Math.exp(sampleLogGamma(random, shape));
