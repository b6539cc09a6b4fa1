import type { Family } from '@mixtention/core';
import { lookUp } from '@mixtention/core/base';
import { families } from '../families/index.ts';

/**
 * The family that a config names: what a worker rebuilds an algorithm with.
 *
 * @throws UNKNOWN_NAME with the nearest known name
 *
 * @example
 * familyNamed('bernoulli').statisticsWidth(784); // 784
 */
export function familyNamed(name: string): Family {
  return lookUp<Family>('mixture/familyNamed', 'family', name, families);
}
