import { takeRows } from '../base/matrix.ts';
import type { Backend, Dataset, Shard } from '../contracts/index.ts';
import { type HeldRows, holdRows } from './open-rows.ts';
import { openReader, type RowReader } from './reader.ts';
import { heldRows, type RowSupply, shardRows } from './shard-rows.ts';
import type { Tiles } from './tiles.ts';

/** A shard that keeps what its backend has taken in until `release`. */
export type HeldShard = Shard & HeldRows;

/** Where a shard finds its rows; left out, it opens the data set itself and makes float32 rows of its own. */
export type ShardPlace = { readonly reader: RowReader; readonly tiles: Tiles | null };

/**
 * The rows of one shard of a data set, bound to a backend.
 *
 * @param index  0 … cuts.length − 2
 *
 * @example
 * const shard = openShard(dataset(matrix([[1, 1], [1, 0], [0, 0]])), 0, plain);
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const { counts } = shard.write(bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)))); // [1.5, 1.5]
 */
export function openShard(data: Dataset, index: number, backend: Backend, place?: ShardPlace): HeldShard {
  const supply = shardRows(data, index, place ?? { reader: openReader(data), tiles: null });
  const start = data.cuts[index]!;
  const { weights } = data.sides;
  return hold(
    { supply, weights: weights === null ? null : weights.subarray(start, start + supply.rows), index, start },
    backend,
  );
}

type Part = {
  readonly supply: RowSupply;
  readonly weights: Float64Array | null;
  readonly index: number;
  readonly start: number;
};

function hold({ supply, weights, index, start }: Part, backend: Backend): HeldShard {
  const held = holdRows(supply, backend, weights);
  return {
    ...held,
    index,
    start,
    weights,
    subset(rows): HeldShard {
      const part = takeRows(held.matrix(), rows);
      const chosen = weights === null ? null : Float64Array.from(rows, (n) => weights[n]!);
      return hold({ supply: heldRows(part), weights: chosen, index, start }, backend);
    },
  };
}
