import { checkOptions, fail, lookUp, show } from '../base/errors.ts';
import { checkFinite } from '../base/matrix.ts';
import type { Dataset, Matrix, Precision, Standardize, Transform } from '../contracts/index.ts';
import { FARTHEST } from '../kernel/pivots.ts';
import { copyWeights } from './copy-weights.ts';

export type DatasetOptions = {
  /** float32 for tfjs backends, float64 for the plain one. */
  readonly precision?: Precision;
  /** Centre and scale every column (before anything is squared): `true` each by its own deviation, `jointly` all by one. */
  readonly standardize?: Standardize;
  /** w `[N]`, finite and ≥ 0. */
  readonly weights?: ArrayLike<number> | undefined;
  /** Rows per shard; part of the arithmetic, so of the result's last bits. */
  readonly shardRows?: number | undefined;
};

/** TensorFlow wraps memory without a copy where it starts at a multiple of 64 bytes (Eigen's alignment). */
const ALIGNMENT_BYTES = 64;
/** GEMMs are 2–2.5 times slower when a width is no multiple of 8: rows are padded with zero columns to that. */
const WIDTH_MULTIPLE = 8;
/** The number of shards is a multiple of this, so that 1–4 workers share them evenly; no more than rows allow, since each costs a sum. */
const SHARD_MULTIPLE = 12;
const LEAST_SHARD_ROWS = 1024;
/** Keeps the cores of a large machine busy on large data: 60 shards for a million rows. */
const MOST_SHARD_ROWS = 20_480;

/** Tells data sets of several threads and of several copies of this module apart. */
const origin = crypto.getRandomValues(new Uint32Array(2)).join('-');
let created = 0;

/**
 * Puts rows once into (shared) memory, standardised and cut into shards that depend on the data alone.
 *
 * Float32 rows start at 64-byte multiples and are padded to a multiple of 8 columns, so that TensorFlow wraps shards without a copy.
 * Centring and scaling happen in float64, before the rounding to float32.
 *
 * @param x  `[N, D]`, left alone
 * @returns the data set; plain data, it may be posted to workers, which then share the memory
 * @throws NOT_FINITE naming row and column; BAD_SHAPE for weights of another length; BAD_DATA for such as are negative or all zero,
 * and for columns whose moments no number can hold; BAD_OPTION,
 * UNKNOWN_NAME for what the options should not hold
 *
 * Cost: one pass for the moments, one for the copy; N·stride values of memory.
 *
 * @example
 * const data = dataset(matrix([[1, 2], [3, 4]]), { precision: 'float64', standardize: true });
 * data.transform.center; // [2, 3]
 */
export function dataset(x: Matrix, options: DatasetOptions = {}): Dataset {
  checkOptions('core/dataset', options, ['precision', 'standardize', 'weights', 'shardRows']);
  const { standardize = false } = options;
  const known = { float32: 'float32', float64: 'float64' } as const;
  const precision = lookUp('core/dataset', 'precision', options.precision ?? 'float64', known);
  if (![true, false, 'jointly'].includes(standardize))
    fail('core/dataset', 'BAD_OPTION', `standardize is ${show(standardize)}, true, false or "jointly" was due`);
  checkFinite(x, 'core/dataset');
  const weights = checkWeights(options.weights, x.rows);
  const transform = standardize ? columnTransform(x, weights, standardize === 'jointly') : identityTransform(x.cols);
  const stride = precision === 'float32' ? Math.ceil(x.cols / WIDTH_MULTIPLE) * WIDTH_MULTIPLE : x.cols;
  const cuts = cutRows(x.rows, options.shardRows);
  const bytesPerValue = precision === 'float32' ? 4 : 8;
  const buffer = allocate(x.rows * stride * bytesPerValue);
  const target =
    precision === 'float32'
      ? new Float32Array(buffer, 0, x.rows * stride)
      : new Float64Array(buffer, 0, x.rows * stride);
  fill(target, stride, x, standardize ? transform : null);
  if (standardize && weights !== null && precision === 'float32') bound(target);
  return {
    id: `${origin}-${++created}`,
    rows: x.rows,
    width: x.cols,
    stride,
    precision,
    buffer,
    cuts,
    weights,
    totalWeight: weights === null ? x.rows : weights.reduce((sum, w) => sum + w, 0),
    transform,
  };
}

/** Rows mapped into the space of a fit, in float64 precision whatever the precision of x. */
export function applyTransform(x: Matrix, transform: Transform): Matrix {
  const data = new Float64Array(x.rows * x.cols);
  fill(data, x.cols, x, transform);
  return { data, rows: x.rows, cols: x.cols };
}

/** The transform that changes nothing. */
export function identityTransform(width: number): Transform {
  return { center: new Float64Array(width), scale: new Float64Array(width).fill(1) };
}

/**
 * Weighted mean and standard deviation of every column, by two passes in float64; a constant column keeps scale 1.
 * Rows of weight 0 are not looked at.
 *
 * @param jointly  every column gets the same scale, the root of the mean variance
 * @throws BAD_DATA naming the column whose mean or deviation no number can hold
 */
export function columnTransform(x: Matrix, weights: Float64Array | null, jointly = false): Transform {
  const center = new Float64Array(x.cols);
  const scale = new Float64Array(x.cols);
  // The first row that counts as pivot keeps the digits of data that lie far from 0.
  const first = weights === null ? 0 : weights.findIndex((w) => w > 0);
  const pivot = Float64Array.from(x.data.subarray(first * x.cols, (first + 1) * x.cols));
  const total = weights === null ? x.rows : weights.reduce((sum, w) => sum + w, 0);
  const reach = new Float64Array(x.cols);
  eachCell(x, weights, (d, value, w) => {
    center[d]! += w * (value - pivot[d]!);
    reach[d] = Math.max(reach[d]!, Math.abs(value - pivot[d]!));
  });
  for (let d = 0; d < x.cols; d++) center[d] = pivot[d]! + center[d]! / total;
  // Squares of distances in units of the column's reach neither overflow nor vanish, whatever the units of the data.
  const unit = reach.map((r) => (1 / r < Number.POSITIVE_INFINITY ? 1 / r : 0));
  eachCell(x, weights, (d, value, w) => {
    scale[d]! += w * ((value - center[d]!) * unit[d]!) ** 2;
  });
  for (let d = 0; d < x.cols; d++) {
    const deviation = reach[d]! * Math.sqrt(scale[d]! / total);
    if (!Number.isFinite(center[d]) || !Number.isFinite(deviation)) refuseRange(d, weights);
    // Below this the column is constant up to the rounding of its own magnitude.
    scale[d] = deviation > 1e-14 * Math.abs(center[d]!) ? deviation : 0;
  }
  return { center, scale: jointly ? scale.fill(rootMeanSquare(scale) || 1) : scale.map((s) => s || 1) };
}

/** Rows that lie far apart in a float64, as ±1e308, have a distance that does not fit one. */
function refuseRange(column: number, weights: Float64Array | null): never {
  const what = weights === null ? 'values' : 'values times weights';
  return fail(
    'core/dataset',
    'BAD_DATA',
    `column ${column} (counted from 0) has ${what} whose distances or sums pass the largest number (1.8e308), finite ones were due; choose other units`,
  );
}

function rootMeanSquare(values: Float64Array): number {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  return most > 0 ? most * Math.sqrt(values.reduce((sum, v) => sum + (v / most) ** 2, 0) / values.length) : 0;
}

/** First row of each shard and the row count; by default about 12 shards, or a multiple of that, of 1,024 to 20,480 rows. */
export function cutRows(rows: number, shardRows?: number): number[] {
  if (shardRows !== undefined && !(Number.isInteger(shardRows) && shardRows > 0)) {
    fail('core/dataset', 'BAD_OPTION', `shardRows is ${shardRows}, a positive integer was due`);
  }
  const shards = SHARD_MULTIPLE * Math.ceil(rows / SHARD_MULTIPLE / MOST_SHARD_ROWS);
  const size = shardRows ?? Math.max(LEAST_SHARD_ROWS, Math.ceil(rows / shards / 64) * 64);
  const cuts = [];
  for (let start = 0; start < rows; start += size) cuts.push(start);
  cuts.push(rows);
  return cuts;
}

function checkWeights(weights: ArrayLike<number> | undefined, rows: number): Float64Array | null {
  if (weights === undefined || weights === null) return null;
  if (weights.length !== rows)
    fail('core/dataset', 'BAD_SHAPE', `weights of length ${weights.length} came with ${rows} rows`);
  const shared = new Float64Array(allocate(rows * 8), 0, rows);
  copyWeights(weights, shared, (row, came) =>
    fail(
      'core/dataset',
      'BAD_DATA',
      `the weight of row ${row} (counted from 0) is ${came}, a finite number ≥ 0 was due`,
    ),
  );
  const total = shared.reduce((sum, w) => sum + w, 0);
  if (total === 0) fail('core/dataset', 'BAD_DATA', 'every weight is 0');
  if (total === Number.POSITIVE_INFINITY)
    fail(
      'core/dataset',
      'BAD_DATA',
      'the weights sum to Infinity, a finite sum was due; divide them all by one number',
    );
  return shared;
}

/** Page-aligned shared memory where there is any (a `WebAssembly.Memory`), else an ordinary buffer, as in a page without cross-origin isolation. */
function allocate(bytes: number): SharedArrayBuffer | ArrayBuffer {
  const pages = Math.max(1, Math.ceil(bytes / 65_536));
  if (typeof SharedArrayBuffer === 'undefined') return new ArrayBuffer(bytes);
  // 65,536 pages of 64 KiB are the most that 32-bit WebAssembly memory can hold (4 GiB); beyond that alignment is given up.
  if (pages < 65_536 && typeof WebAssembly !== 'undefined') {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer;
  }
  return new SharedArrayBuffer(Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES);
}

function fill(target: Float64Array | Float32Array, stride: number, x: Matrix, transform: Transform | null): void {
  const { data, rows, cols } = x;
  for (let n = 0; n < rows; n++) {
    const from = n * cols;
    const to = n * stride;
    if (transform === null) for (let d = 0; d < cols; d++) target[to + d] = data[from + d]!;
    else for (let d = 0; d < cols; d++) target[to + d] = (data[from + d]! - transform.center[d]!) / transform.scale[d]!;
  }
}

function bound(values: Float64Array | Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.max(-FARTHEST, Math.min(FARTHEST, values[i]!));
}

/** Visits the cells of rows that weigh anything. */
function eachCell(
  { data, rows, cols }: Matrix,
  weights: Float64Array | null,
  visit: (column: number, value: number, weight: number) => void,
): void {
  for (let n = 0; n < rows; n++) {
    const w = weights === null ? 1 : weights[n]!;
    if (w > 0) for (let d = 0; d < cols; d++) visit(d, data[n * cols + d]!, w);
  }
}
