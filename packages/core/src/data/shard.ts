import { copyRows, rowsOf } from '../base/matrix.ts';
import type {
  Backend,
  Dataset,
  Key,
  Matrix,
  Precision,
  RandomSource,
  RowBlock,
  RowPart,
  Shard,
} from '../contracts/index.ts';
import { generator, permutation, split } from '../numeric/index.ts';
import { type Lender, lendRows } from './lent-rows.ts';
import { type HeldRows, holdRows } from './open-rows.ts';
import { openReader, type RowReader } from './reader.ts';
import { type RowSupply, shardRows } from './shard-rows.ts';
import type { Tiles } from './tiles.ts';

/** A shard that keeps what its backend has taken in until `release`. */
export type HeldShard = Shard &
  HeldRows & {
    /** Some of its rows, as another shard; whoever asks for it releases it. */
    partOf(part: RowPart): HeldShard;
  };

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
  const { rows } = supply;
  const weights = data.sides.weights?.subarray(start, start + rows) ?? null;
  return hold(
    { supply, weights, index, start, numbers: () => Int32Array.from({ length: rows }, (_, n) => start + n) },
    backend,
  );
}

type Part = {
  readonly supply: RowSupply;
  readonly weights: Float64Array | null;
  readonly index: number;
  readonly start: number;
  readonly numbers: () => Int32Array;
  /** Of the memory that its rows were copied to, where they were. */
  readonly lender?: Lender;
};

function hold(part: Part, backend: Backend): HeldShard {
  const { supply, weights, index, start, numbers, lender } = part;
  const held = holdRows(supply, backend, weights);
  let deal: Deal | null = null;
  const forget = (): void => {
    for (const kept of deal?.kept.values() ?? []) kept?.release();
    deal = null;
  };
  const dealt = (shuffle: Key, of: number): Deal => {
    const text = `${of} ${JSON.stringify(shuffle)}`;
    if (deal?.key === text) return deal;
    forget();
    deal = { key: text, rows: inParts(generator(split(shuffle, index)), supply.rows, of), kept: new Map() };
    return deal;
  };
  return {
    ...held,
    index,
    start,
    weights,
    numbers,
    partOf({ part: which, of, shuffle }) {
      const [from, to] = [edge(supply.rows, which, of), edge(supply.rows, which + 1, of)];
      if (shuffle === undefined) return hold(slice(part, held.matrix, from, to), backend);
      const { rows, kept } = dealt(shuffle, of);
      const known = kept.get(which);
      if (known) return shared(known);
      const some = hold(choose(part, held.matrix, rows.subarray(from, to)), backend);
      // Epochs that are dealt out anew ask for a part once; who asks for it again will do so in every lap.
      const isAgain = kept.has(which);
      kept.set(which, isAgain ? some : null);
      return isAgain ? shared(some) : some;
    },
    release(): void {
      forget();
      held.release();
      lender?.takeBack();
    },
    bytes(): number {
      let sum = held.bytes();
      for (const some of deal?.kept.values() ?? []) sum += some?.bytes() ?? 0;
      return sum;
    },
  };
}

/** The rows of a shard dealt out to parts, one after another; of each part that was asked for the part itself, if it was asked for again and is kept. */
type Deal = { readonly key: string; readonly rows: Int32Array; readonly kept: Map<number, HeldShard | null> };

/** A part that its shard keeps: whoever asked for it releases nothing. */
function shared(part: HeldShard): HeldShard {
  return { ...part, release: () => undefined };
}

/** Where part p of n rows begins. */
function edge(n: number, p: number, of: number): number {
  return Math.floor((p * n) / of);
}

/** Rows dealt out at random, part after part; those of a part are in their order, as they lie in memory. */
function inParts(random: RandomSource, n: number, of: number): Int32Array {
  const order = permutation(random, n);
  const parts = new Int32Array(n);
  for (let p = 0; p < of; p++) for (let i = edge(n, p, of); i < edge(n, p + 1, of); i++) parts[order[i]!] = p;
  const next = Int32Array.from({ length: of }, (_, p) => edge(n, p, of));
  for (let row = 0; row < n; row++) order[next[parts[row]!]!++] = row;
  return order;
}

type Packed = (precision: Precision) => Matrix;

/** Rows in a row are a view. */
function slice({ supply, weights, index, start, numbers }: Part, packed: Packed, from: number, to: number): Part {
  return {
    supply: supplyOf(to - from, supply.cols, (precision) => rowsOf(packed(precision), from, to)),
    weights: weights === null ? null : weights.subarray(from, to),
    index,
    start: start + from,
    numbers: () => numbers().subarray(from, to),
  };
}

/** Rows from here and there are a copy. */
function choose({ supply, weights, index, start, numbers }: Part, packed: Packed, rows: Int32Array): Part {
  const lender = lendRows();
  const copied: Packed = (precision) => {
    const all = packed(precision);
    return copyRows(all, rows, lender.lend(all.data, rows.length * all.cols));
  };
  return {
    lender,
    supply: supplyOf(rows.length, supply.cols, copied),
    weights: weights === null ? null : Float64Array.from(rows, (n) => weights[n]!),
    index,
    start,
    numbers: () => {
      const all = numbers();
      return rows.map((n) => all[n]!);
    },
  };
}

function supplyOf(rows: number, cols: number, some: Packed): RowSupply {
  const block = (precision: Precision): RowBlock => ({ ...some(precision), stride: cols });
  return { rows, cols, block };
}
