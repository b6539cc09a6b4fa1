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

/** A shard that keeps what its backend has taken in until `release`. */
export type HeldShard = Shard & { release(): void };

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
export function openShard(data: Dataset, index: number, backend: Backend): HeldShard {
  const start = data.cuts[index]!;
  const rows = data.cuts[index + 1]! - start;
  const block = blockOf(data, start, rows);
  const weights = data.weights === null ? null : data.weights.subarray(start, start + rows);
  return hold({ block, weights, index, start }, backend);
}

type Part = {
  readonly block: RowBlock;
  readonly weights: Float64Array | null;
  readonly index: number;
  readonly start: number;
};

function hold({ block, weights, index, start }: Part, backend: Backend): HeldShard {
  const held = new Map<string, Rows>();
  const base = new Map<string, Float64Array | null>();
  let packed: Matrix | null = null;
  const matrix = (): Matrix => (packed ??= pack(block));

  const rowsFor = (family: Statistics, scores: Scores, on: Backend): Rows => {
    // In another precision than the data's statistics are made anew each time: kept, they would take twice the memory of the data.
    if (on !== backend) return on.take(scores.form === 'whitened' ? block : wideBlock(family, matrix()));
    const name = scores.form === 'whitened' ? 'x' : textOf(family.spec);
    let rows = held.get(name);
    if (rows === undefined) {
      rows = backend.take(scores.form === 'whitened' ? block : statisticsBlock(block, family, matrix));
      held.set(name, rows);
    }
    return rows;
  };
  const baseFor = (family: Statistics): Float64Array | null => {
    const name = textOf(family.spec);
    if (!base.has(name)) base.set(name, family.logBaseMeasure(matrix()));
    return base.get(name)!;
  };

  return {
    index,
    start,
    rows: block.rows,
    width: block.cols,
    weights,
    backend,
    matrix,
    write(family, scores, options = {}): Written {
      const all = weights === null ? options : { ...options, rowWeights: product(weights, options.rowWeights) };
      const on = precise(backend, scores);
      const written = on.write(rowsFor(family, scores, on), scores, all);
      return withBase(written, baseFor(family), all);
    },
    read(family, scores, values, options): Reading {
      const on = precise(backend, scores);
      const reading = on.read(rowsFor(family, scores, on), scores, values, options);
      const logBase = baseFor(family);
      if (logBase === null) return reading;
      return { ...reading, logEvidence: reading.logEvidence.map((l, n) => l + logBase[n]!) };
    },
    subset(rows): HeldShard {
      const part = takeRows(matrix(), rows);
      const chosen = weights === null ? null : Float64Array.from(rows, (n) => weights[n]!);
      return hold({ block: { ...part, stride: part.cols }, weights: chosen, index, start }, backend);
    },
    release(): void {
      for (const rows of held.values()) backend.release(rows);
      held.clear();
    },
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

/** Statistics in float64 of rows in float32: squares need the digits. */
function wideBlock(family: Statistics, { data, rows, cols }: Matrix): RowBlock {
  const s = family.statistics({ data: Float64Array.from(data), rows, cols });
  return { ...s, stride: s.cols };
}

function withBase(written: Written, logBase: Float64Array | null, options: WriteOptions): Written {
  if (logBase === null) return written;
  const w = options.rowWeights;
  // A row of weight 0 may have a base measure of 0: 0·∞ is NaN.
  const sum = logBase.reduce((total, l, n) => total + (w === undefined ? l : w[n] === 0 ? 0 : w[n]! * l), 0);
  return { ...written, logEvidence: written.logEvidence + sum };
}

function blockOf(data: Dataset, start: number, rows: number): RowBlock {
  const { stride, width, precision, buffer } = data;
  const values = rows * stride;
  const view =
    precision === 'float32'
      ? new Float32Array(buffer, start * stride * 4, values)
      : new Float64Array(buffer, start * stride * 8, values);
  return { data: view, rows, cols: width, stride };
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
