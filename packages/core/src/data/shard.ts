import { precise } from '../backends/precise.ts';
import { takeRows } from '../base/matrix.ts';
import { textOf } from '../base/specs.ts';
import type {
  Backend,
  Dataset,
  Matrix,
  Reading,
  RowBlock,
  Rows,
  Scores,
  Shard,
  Statistics,
  WriteOptions,
  Written,
} from '../contracts/index.ts';
import { openReader, type RowReader } from './reader.ts';
import { heldRows, type RowSupply, shardRows } from './shard-rows.ts';
import type { Tiles } from './tiles.ts';

/** A shard that keeps what its backend has taken in until `release`. */
export type HeldShard = Shard & {
  release(): void;
  /** Bytes that it keeps beside the memory of the data set, about. */
  bytes(): number;
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
 * const { counts } = shard.write(bernoulli, bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)))); // [1.5, 1.5]
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
  const held = new Map<string, Rows>();
  const base = new Map<string, Float64Array | null>();
  let own: RowBlock | null = null;
  let packed: Matrix | null = null;
  let bytes = 0;
  const block = (): RowBlock => {
    if (own === null) bytes += (own = supply.block(backend.precision)).data.byteLength;
    return own;
  };
  const matrix = (): Matrix => (packed ??= pack(block()));

  const rowsFor = (family: Statistics, scores: Scores, on: Backend): Rows => {
    // In another precision than the data's statistics are made anew each time: kept, they would take twice the memory of the data.
    if (on !== backend)
      return on.take(scores.form === 'whitened' ? supply.block('float64') : wideBlock(family, supply));
    const name = scores.form === 'whitened' ? 'x' : textOf(family.spec);
    let rows = held.get(name);
    if (rows === undefined) {
      const taken = scores.form === 'whitened' ? block() : statisticsBlock(block(), family, matrix);
      rows = backend.take(taken);
      if (taken !== own) bytes += taken.data.byteLength;
      held.set(name, rows);
    }
    return rows;
  };
  const baseFor = (family: Statistics, on: Backend): Float64Array | null => {
    // Of the rows that the scores are of: distances are differences of both.
    if (on !== backend) return family.logBaseMeasure(supply.block('float64'));
    const name = textOf(family.spec);
    if (!base.has(name)) base.set(name, family.logBaseMeasure(matrix()));
    return base.get(name)!;
  };

  return {
    index,
    start,
    rows: supply.rows,
    width: supply.cols,
    weights,
    backend,
    matrix,
    write(family, scores, options = {}): Written {
      const all = weights === null ? options : { ...options, rowWeights: product(weights, options.rowWeights) };
      const on = precise(backend, scores);
      const written = on.write(rowsFor(family, scores, on), scores, all);
      return withBase(written, baseFor(family, on), all);
    },
    read(family, scores, values, options): Reading {
      const on = precise(backend, scores);
      const reading = on.read(rowsFor(family, scores, on), scores, values, options);
      const logBase = baseFor(family, on);
      if (logBase === null) return reading;
      return { ...reading, logEvidence: reading.logEvidence.map((l, n) => l + logBase[n]!) };
    },
    subset(rows): HeldShard {
      const part = takeRows(matrix(), rows);
      const chosen = weights === null ? null : Float64Array.from(rows, (n) => weights[n]!);
      return hold({ supply: heldRows(part), weights: chosen, index, start }, backend);
    },
    release(): void {
      for (const rows of held.values()) backend.release(rows);
      held.clear();
      base.clear();
      own = null;
      packed = null;
      bytes = 0;
    },
    bytes: () => bytes,
  };
}

/** What a linear backend takes in: x itself where T is the identity, so that shared memory is wrapped and not copied. */
function statisticsBlock(block: RowBlock, family: Statistics, matrix: () => Matrix): RowBlock {
  if (family.statisticsWidth(block.cols) === block.cols) {
    const s = family.statistics({ data: block.data, rows: block.rows, cols: block.stride });
    if (s.data === block.data) return block;
  }
  const s = family.statistics(matrix());
  return { ...s, stride: s.cols };
}

/** Statistics in float64: of the rows themselves, since squares need the digits. */
function wideBlock(family: Statistics, supply: RowSupply): RowBlock {
  const s = family.statistics(supply.block('float64'));
  return { ...s, stride: s.cols };
}

function withBase(written: Written, logBase: Float64Array | null, options: WriteOptions): Written {
  if (logBase === null) return written;
  const w = options.rowWeights;
  // A row of weight 0 may have a base measure of 0: 0·∞ is NaN.
  const sum = logBase.reduce((total, l, n) => total + (w === undefined ? l : w[n] === 0 ? 0 : w[n]! * l), 0);
  return { ...written, logEvidence: written.logEvidence + sum };
}

function pack(block: RowBlock): Matrix {
  const { rows, cols, stride } = block;
  if (stride === cols) return { data: block.data, rows, cols };
  const data = block.data instanceof Float64Array ? new Float64Array(rows * cols) : new Float32Array(rows * cols);
  for (let n = 0; n < rows; n++) data.set(block.data.subarray(n * stride, n * stride + cols), n * cols);
  return { data, rows, cols };
}

function product(a: Float64Array, b: Float64Array | undefined): Float64Array {
  return b === undefined ? a : a.map((w, n) => w * b[n]!);
}
