import { fail } from '../../base/errors.ts';
import type { Key } from '../../contracts/index.ts';

/**
 * A key for one purpose and index under another key.
 *
 *     split(key, 'a', 1) = split(split(key, 'a'), 1)
 *
 * Streams of different labels are independent, whatever the order in which they are drawn from; that is how results do not depend on
 * threads. The order of labels matters, and so does their kind: 1 is not '1'.
 *
 * @param key     where to start from; itself still good for drawing
 * @param labels  names of purposes, and whole-number indices of shards, rows, components or steps
 * @returns a longer key, plain data
 * @throws MixtentionError BAD_OPTION when a label is neither text nor a whole number
 *
 * @example
 * const perShard = [0, 1, 2].map((shard) => split(key(0), 'assign', shard));
 * perShard[2]; // { seed: 0, path: ['assign', 2] }
 */
export function split(key: Key, ...labels: readonly (string | number)[]): Key {
  for (const label of labels) {
    if (typeof label === 'string' || Number.isSafeInteger(label)) continue;
    fail('core/split', 'BAD_OPTION', `label is ${String(label)}, text or a whole number is due`);
  }
  return { seed: key.seed, path: [...key.path, ...labels] };
}
