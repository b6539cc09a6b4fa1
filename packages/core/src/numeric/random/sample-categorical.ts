import { fail } from '../../base/errors.ts';
import type { RandomSource } from '../../contracts/index.ts';

/**
 * Draws an index with probability proportional to its weight.
 *
 * @param weights  `[K]`, at least 0, not all 0; they need not sum to 1
 * @returns an index of positive weight
 * @throws MixtentionError BAD_OPTION when a weight is negative or not finite, or all are 0
 *
 * Cost: two passes over the weights, one uniform.
 *
 * @example
 * const k = sampleCategorical(generator(key(0)), [0, 2, 6]); // index 1 or, three times as often, 2
 * k === 1 || k === 2; // true
 */
export function sampleCategorical(random: RandomSource, weights: ArrayLike<number>): number {
  let total = 0;
  let last = -1;
  for (let k = 0; k < weights.length; k++) {
    const weight = weights[k]!;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      fail('core/sampleCategorical', 'BAD_OPTION', `weight ${k} is ${weight}, a finite number from 0 is due`);
    }
    if (weight > 0) last = k;
    total += weight;
  }
  if (last < 0)
    fail('core/sampleCategorical', 'BAD_OPTION', `all ${weights.length} weights are 0, a positive one is due`);
  let left = random.uniform() * total;
  for (let k = 0; k < last; k++) {
    left -= weights[k]!;
    if (left < 0) return k;
  }
  return last; // also where rounding leaves a rest after all others
}
