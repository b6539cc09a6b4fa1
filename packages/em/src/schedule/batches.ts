import type { Dataset, Key, RowPart } from '@mixtention/core';
import { minibatch as partOfEach } from '@mixtention/core/loop';
import { generator, permutation, split } from '@mixtention/core/numeric';

/** How the rows are dealt out to the minibatches of an epoch. */
export type Dealt = {
  /** How many there are. */
  readonly batches: number;
  /** Each is a whole shard, as suits rows that are read from a disk; else a random part of every shard, which all workers share. */
  readonly byShard: boolean;
  /** The shards are in so many groups, and a batch is a part of the shards of one of them (default 1): fewer and longer parts. The batches are a multiple of them. */
  readonly groups?: number;
};

/** A part of fewer rows costs more than its rows do. */
const LONG_PART = 2048;
/** Shards of a group at least: workers share them, and rows of all places of the table are in each batch. */
const LEAST_SHARDS = 4;

/**
 * How the rows of a data set are dealt out to the minibatches of an epoch, or the batches of a lap.
 *
 * @param minibatch  rows of one, where they were asked for
 * @param most       minibatches, unless asked for,
 * @param each       and rows of one for each component: fewer would tell little of it
 *
 * @example
 * deal(dataset(faithful()), 2, { minibatch: 40, most: 96, each: 40 }); // { batches: 7, byShard: false, groups: 1 }
 */
export function deal({ rows, cuts, source }: Dataset, components: number, { minibatch, most, each }: Wanted): Dealt {
  if (source.kind === 'spec' && minibatch === undefined) return { batches: cuts.length - 1, byShard: true };
  const wanted =
    minibatch === undefined
      ? divisible(Math.min(most, Math.floor(rows / (each * components))))
      : Math.round(rows / minibatch);
  const batches = Math.max(1, wanted);
  return { batches, byShard: false, groups: groupsOf(batches, rows, cuts.length - 1) };
}

type Wanted = { readonly minibatch: number | undefined; readonly most: number; readonly each: number };

/** Shards come by the dozen: so many batches can be dealt to groups of them. */
function divisible(batches: number): number {
  return batches < 12 ? batches : batches - (batches % 6);
}

/** As few groups as make parts long. */
function groupsOf(batches: number, rows: number, shards: number): number {
  let groups = 1;
  for (let more = 2; more * LEAST_SHARDS <= shards && more <= batches; more++)
    if (batches % more === 0 && (groups * rows) / (batches * shards) < LONG_PART) groups = more;
  return groups;
}

/**
 * The rows of one minibatch; those of an epoch are all rows. They depend on the key, the step and the shards alone.
 *
 * @param step  counted on from epoch to epoch
 */
export function batchRows({ batches, byShard, groups = 1 }: Dealt, key: Key, step: number, shards: number): RowPart[] {
  if (batches === 1) return Array.from({ length: shards }, (_, shard) => ({ shard, part: 0, of: 1 }));
  if (!byShard) {
    // Shards of all places of the table are in every group.
    const parts = partOfEach(key, Math.floor(step / groups), batches / groups, shards);
    return groups === 1 ? parts : parts.filter(({ shard }) => shard % groups === step % groups);
  }
  const order = permutation(generator(split(key, 'epoch', Math.floor(step / batches))), shards);
  return [{ shard: order[step % batches]!, part: 0, of: 1 }];
}
