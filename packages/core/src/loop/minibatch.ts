import type { Key, RowPart } from '../contracts/index.ts';
import { split } from '../numeric/index.ts';

/**
 * What a step by minibatches asks for: of every shard one part, dealt out at random anew in each epoch, so that an epoch sees each row once.
 *
 * Sums of it, times N over its rows, estimate those of all rows; over an epoch they are exact. It depends on key, step and shards alone.
 *
 * @param batches  parts of an epoch
 *
 * @example
 * const [{ shard, part, of }] = minibatch(key(0), 5, 4, 1);
 * [shard, part, of]; // [0, 1, 4]: of shard 0 the second of four parts, in the order of the second epoch
 */
export function minibatch(key: Key, step: number, batches: number, shards: number): RowPart[] {
  const shuffle = split(key, 'epoch', Math.floor(step / batches));
  return Array.from({ length: shards }, (_, shard) => ({ shard, part: step % batches, of: batches, shuffle }));
}
