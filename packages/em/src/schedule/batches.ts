import type { Dataset, Key, RowPart } from '@mixtention/core';
import { minibatch as partOfEach } from '@mixtention/core/loop';
import { generator, permutation, split } from '@mixtention/core/numeric';

/** How the rows are dealt out to the minibatches of an epoch. */
export type Dealt = {
  /** How many there are. */
  readonly batches: number;
  /** Each is a whole shard, as suits rows that are read from a disk; else a random part of every shard, which all workers share. */
  readonly byShard: boolean;
};

/** Rows of a minibatch for each component: fewer would tell little of it. */
const ROWS_EACH = 20;

/**
 * How rows are dealt out to minibatches.
 *
 * @param minibatch  rows of one, where they were asked for
 * @param most       minibatches, unless asked for
 */
export function deal(
  { rows, cuts, source }: Dataset,
  components: number,
  { minibatch, most }: { readonly minibatch: number | undefined; readonly most: number },
): Dealt {
  if (source.kind === 'spec' && minibatch === undefined) return { batches: cuts.length - 1, byShard: true };
  const wanted =
    minibatch === undefined
      ? Math.min(most, Math.floor(rows / (ROWS_EACH * components)))
      : Math.round(rows / minibatch);
  return { batches: Math.max(1, wanted), byShard: false };
}

/**
 * The rows of one minibatch; those of an epoch are all rows. They depend on the key, the step and the shards alone.
 *
 * @param step  counted on from epoch to epoch
 */
export function batchRows({ batches, byShard }: Dealt, key: Key, step: number, shards: number): RowPart[] {
  if (batches === 1) return Array.from({ length: shards }, (_, shard) => ({ shard, part: 0, of: 1 }));
  if (!byShard) return partOfEach(key, step, batches, shards);
  const order = permutation(generator(split(key, 'epoch', Math.floor(step / batches))), shards);
  return [{ shard: order[step % batches]!, part: 0, of: 1 }];
}
