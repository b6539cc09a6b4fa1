import type { RandomSource } from '@mixtention/core';
import { sampleGumbel } from '@mixtention/core/numeric';

/**
 * Standard Gumbel draws for a tensor, made in float64 and rounded once.
 *
 * A float32 uniform can be 0 or 1, whose Gumbel variate is infinite; these lie between −3.7 and 36.8.
 *
 * @example
 * import { generator, key } from '@mixtention/core/numeric';
 * gumbelNoise(generator(key(0)), 6).length; // 6
 */
export function gumbelNoise(random: RandomSource, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => sampleGumbel(random));
}
