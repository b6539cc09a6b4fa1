import type { RandomSource } from '@mixtention/core';
import { sampleGamma } from '@mixtention/core/numeric';

/**
 * A draw of the Poisson distribution: by products of uniforms below 12, above by the arrival of the ⌊7λ/8⌋-th point (a gamma variate) and what is left.
 *
 * Cost: about log λ gamma draws.
 * Source: Ahrens & Dieter (1974), Computer methods for sampling from gamma, beta, Poisson and binomial distributions.
 *
 * @example
 * samplePoisson(generator(key(0)), 3.5); // a whole number
 */
export function samplePoisson(random: RandomSource, rate: number): number {
  if (!(rate >= 0 && rate < Number.POSITIVE_INFINITY)) return Number.NaN;
  let count = 0;
  let left = rate;
  while (left > 12) {
    const points = Math.floor((7 * left) / 8);
    const arrival = sampleGamma(random, points);
    if (arrival > left) return count + sampleBinomial(random, points - 1, left / arrival);
    left -= arrival;
    count += points;
  }
  const limit = Math.exp(-left);
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}

/**
 * A draw of the binomial distribution: by single trials below 12, above by the median of the uniforms of all trials (a beta variate), which leaves half of them.
 *
 * Cost: about log n pairs of gamma draws.
 * Source: Ahrens & Dieter (1974), as above.
 *
 * @example
 * sampleBinomial(generator(key(0)), 10, 0.3); // a whole number to 10
 */
export function sampleBinomial(random: RandomSource, trials: number, probability: number): number {
  if (!(trials >= 0 && probability >= 0 && probability <= 1)) return Number.NaN;
  let count = 0;
  let n = trials;
  let p = probability;
  while (n >= 12) {
    const middle = 1 + Math.floor(n / 2);
    const below = sampleGamma(random, middle);
    const above = sampleGamma(random, n + 1 - middle);
    const at = below / (below + above); // the middle-th smallest of n uniforms
    if (at >= p) {
      n = middle - 1;
      p /= at;
    } else {
      count += middle;
      n -= middle;
      p = (p - at) / (1 - at);
    }
  }
  for (let i = 0; i < n; i++) if (random.uniform() < p) count++;
  return count;
}
