import { lookUp } from '../errors.ts';
import { families } from '../families/index.ts';
import type { Family } from '../types.ts';

/**
 * The family that a config names: what a worker rebuilds an algorithm with.
 *
 * @throws UNKNOWN_NAME with the nearest known name
 *
 * @example
 * familyNamed('bernoulli').statisticsWidth(784); // 784
 */
export function familyNamed(name: string): Family {
  return lookUp<Family>('core/familyNamed', 'family', name, families);
}
