import { fail } from '../../base/errors.ts';
import type { Key } from '../../contracts/index.ts';

/**
 * The key that a seed opens: the root of all streams of a run.
 *
 * @param seed  a whole number, at most 2⁵³ − 1 in size
 * @returns plain data, which survives JSON, `structuredClone` and threads
 * @throws MixtentionError BAD_OPTION when the seed is not a whole number
 *
 * @example
 * key(0); // { seed: 0, path: [] }
 * const random = generator(split(key(0), 'init', 3));
 */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed)) fail('core/key', 'BAD_OPTION', `seed is ${String(seed)}, a whole number is due`);
  return { seed: seed + 0, path: [] };
}
