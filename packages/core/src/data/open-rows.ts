import { float64 } from '../backends/float64.ts';
import type {
  AccumulateOptions,
  Backend,
  DataAccumulated,
  DataRows,
  DataWritten,
  InPrecision,
  KernelOptions,
  Matrix,
  Precision,
  Reading,
  ReadOptions,
  RowBlock,
  Rows,
  Scores,
  Stand,
  WriteOptions,
} from '../contracts/index.ts';
import { standColumns, standStatistics } from '../kernel/statistics.ts';
import { precisionOf } from '../kernel/term-sizes.ts';
import { heldRows, type RowSupply } from './shard-rows.ts';

/** Rows that keep what their backend has taken in until `release`. */
export type HeldRows = DataRows & {
  release(): void;
  /** Bytes that they keep beside the memory that they were given, about. */
  bytes(): number;
};

/**
 * Rows of data bound to a backend: a bare matrix, or one that is about to be read only.
 *
 * @param x  `[N, D]`, in the space that scores speak of; not changed as long as the rows are held
 *
 * @example
 * const rows = openRows(matrix([[1, 1], [1, 0], [0, 0]]), plain);
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const scores = bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)));
 * const { logEvidence } = rows.read(scores, null); // [-0.892, -2.408, -0.892]: log 0.41, log 0.09, log 0.41
 * rows.release();
 */
export function openRows(x: Matrix, backend: Backend): HeldRows {
  return holdRows(heldRows(x), backend);
}

/**
 * The one place where a call chooses its precision: float64 where the call asks for it or the scores would lose digits that matter
 * in float32, and else that of the bound backend.
 *
 * @param weights  w `[N]`, which `write` and `accumulate` apply
 */
export function holdRows(supply: RowSupply, backend: Backend, weights: Float64Array | null = null): HeldRows {
  const held = new Map<string, Rows>();
  const base = new Map<string, Float64Array | null>();
  let own: RowBlock | null = null;
  let packed: Matrix | null = null;
  let bytes = 0;
  const block = (): RowBlock => {
    if (own === null) bytes += (own = supply.block(backend.precision)).data.byteLength;
    return own;
  };
  const matrix = (precision: Precision = backend.precision): Matrix =>
    precision === backend.precision ? (packed ??= pack(block())) : pack(supply.block(precision));

  const backendFor = (precision: Precision | undefined): Backend =>
    backend.precision === 'float32' && precision === 'float64' ? float64 : backend;
  const rowsFor = (on: Backend, stand: Stand): Rows => {
    // In another precision than the data's statistics are made anew each time: kept, they would take twice the memory of the data.
    if (on !== backend) {
      const wide = supply.block('float64');
      return on.take(statisticsBlock(wide, stand, () => widen(pack(wide))));
    }
    const key = keyOf(stand);
    let rows = held.get(key);
    if (rows === undefined) {
      const taken = statisticsBlock(block(), stand, () => matrix());
      rows = backend.take(taken);
      if (taken !== own) bytes += taken.data.byteLength;
      held.set(key, rows);
    }
    return rows;
  };
  const baseFor = (on: Backend, stand: Stand): Float64Array | null => {
    const { statistics } = stand;
    // Of the rows that the scores are of: distances are differences of both.
    if (on !== backend) return statistics.logBaseMeasure(standColumns(stand, pack(supply.block('float64'))));
    const key = keyOf(stand);
    if (!base.has(key)) base.set(key, statistics.logBaseMeasure(standColumns(stand, matrix())));
    return base.get(key)!;
  };
  const chooseFor = (scores: Scores, { precision }: InPrecision): Backend =>
    backendFor(precision === 'float64' ? precision : precisionOf(scores));
  const rowsOf = (on: Backend, stands: readonly Stand[]): Rows[] => stands.map((stand) => rowsFor(on, stand));
  const basesOf = (on: Backend, stands: readonly Stand[]): Float64Array[] =>
    stands.map((stand) => baseFor(on, stand)).filter((own) => own !== null);
  const logBaseOf = (on: Backend, stands: readonly Stand[], rowWeights: Float64Array | undefined): number =>
    basesOf(on, stands).reduce((sum, own) => sum + weightedSum(own, rowWeights), 0);
  const weighted = <O extends AccumulateOptions>(options: O): O =>
    weights === null ? options : { ...options, rowWeights: product(weights, options.rowWeights) };

  return {
    rows: supply.rows,
    width: supply.cols,
    backend,
    matrix,
    write(scores, { precision, ...options }: WriteOptions & InPrecision = {}): DataWritten {
      const all = weighted(options);
      const on = chooseFor(scores, { precision });
      const written = on.write(rowsOf(on, scores.terms), scores, all);
      const logBase = logBaseOf(on, scores.terms, all.rowWeights);
      return { ...written, logEvidence: written.logEvidence + logBase, logBase };
    },
    read(scores, values, { precision, ...options }: ReadOptions & InPrecision = {}): Reading {
      const on = chooseFor(scores, { precision });
      const bases = basesOf(on, scores.terms);
      const reading = on.read(rowsOf(on, scores.terms), scores, values, options);
      if (bases.length === 0) return reading;
      const logEvidence = reading.logEvidence.map((l, n) => bases.reduce((sum, own) => sum + own[n]!, l));
      return { ...reading, logEvidence };
    },
    score(scores, visit, { precision, ...options }: KernelOptions & InPrecision = {}): void {
      const on = chooseFor(scores, { precision });
      on.score(rowsOf(on, scores.terms), scores, visit, options);
    },
    accumulate(into, fill, { precision, ...options }: AccumulateOptions & InPrecision = {}): DataAccumulated {
      const all = weighted(options);
      const on = backendFor(precision);
      const accumulated = on.accumulate(rowsOf(on, into.stands), into, fill, all);
      return { ...accumulated, logBase: logBaseOf(on, into.stands, all.rowWeights) };
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

function keyOf({ statistics, columns }: Stand): string {
  return columns === null ? statistics.key : `${statistics.key} of ${columns.join(' ')}`;
}

/** What a backend takes in: x itself where T is the identity, so that shared memory is wrapped and not copied. */
function statisticsBlock(block: RowBlock, stand: Stand, matrix: () => Matrix): RowBlock {
  const { statistics, columns } = stand;
  if (columns === null && statistics.width(block.cols) === block.cols) {
    const s = statistics.statistics({ data: block.data, rows: block.rows, cols: block.stride });
    if (s.data === block.data) return block;
  }
  const s = standStatistics(stand, matrix());
  return { ...s, stride: s.cols };
}

/** Statistics in float64 of rows in float32: squares need the digits. */
function widen({ data, rows, cols }: Matrix): Matrix {
  return { data: data instanceof Float64Array ? data : Float64Array.from(data), rows, cols };
}

/** A row of weight 0 may have a base measure of 0: 0·∞ is NaN. */
function weightedSum(values: Float64Array, w: Float64Array | undefined): number {
  return values.reduce((sum, l, n) => sum + (w === undefined ? l : w[n] === 0 ? 0 : w[n]! * l), 0);
}

/** Rows without padding: a view where there is none. */
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
