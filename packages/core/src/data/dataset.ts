import { checkColumns } from '../base/columns.ts';
import { counted } from '../base/counted.ts';
import { checkOptions, fail, show } from '../base/errors.ts';
import type { Dataset, Source, Standardize, Table, Transform } from '../contracts/index.ts';
import { allocate } from './allocate.ts';
import { columnsOf } from './columns-of.ts';
import { copyWeights } from './copy-weights.ts';
import { cutRows } from './cut-rows.ts';
import { placeRows } from './place-rows.ts';
import { openReader } from './reader.ts';
import { isSource } from './sources.ts';
import { scalingsFor, transformOf } from './transform.ts';

export type DatasetOptions = {
  /** Centre and scale columns where rows are used: `true` each by its own deviation, `jointly` all by one, or column by column `[D]`. */
  readonly standardize?: Standardize;
  /** w `[N]`, finite and ≥ 0. */
  readonly weights?: ArrayLike<number> | undefined;
  /** Rows per shard; part of the arithmetic, so of the result's last bits. */
  readonly shardRows?: number | undefined;
  /** Of a source: its rows are read once, into memory, instead of where they are used, pass by pass. */
  readonly inMemory?: boolean | undefined;
};

/** Tells data sets of several threads and of several copies of this module apart. */
const origin = crypto.getRandomValues(new Uint32Array(2)).join('-');
let created = 0;

/**
 * True for what `dataset` made.
 *
 * @example
 * isDataset(dataset(faithful())); // true
 */
export function isDataset(value: unknown): value is Dataset {
  return typeof value === 'object' && value !== null && 'cuts' in value && 'source' in value && 'digest' in value;
}

/**
 * Puts rows once into (shared) memory, in their own type and the user's units, cut into shards that depend on the data alone. Rows of a source
 * stay where they are, and each thread reads what it works on.
 *
 * @param x      `[N, D]`, left alone, and not needed afterwards; or a source, which must stay open
 * @param where  for messages: package/function
 * @returns the data set; plain data, it may be posted to workers, which then share the memory
 * @throws NOT_FINITE naming row and column; BAD_SHAPE for weights of another length; BAD_DATA for such as are negative or all zero,
 * and for columns whose moments no number can hold; BAD_OPTION for what the options should not hold; TOO_LARGE with what is needed and what is left
 *
 * Cost: one copy of the rows (none of a source), and one pass over them.
 *
 * @example
 * const data = dataset(matrix([[1, 2], [3, 4]]), { standardize: true });
 * data.transform.center; // [2, 3]
 */
export function dataset(x: Table | Source, options: DatasetOptions = {}, where = 'core/dataset'): Dataset {
  checkOptions(where, options, ['standardize', 'weights', 'shardRows', 'inMemory']);
  const { standardize = false } = options;
  checkStandardize(standardize, x.cols, where);
  if (options.inMemory !== undefined && !isSource(x))
    fail(where, 'BAD_OPTION', 'inMemory goes with a source, the rows are in memory already');
  const cuts = cutRows(x.rows, options.shardRows);
  const weights = checkWeights(options.weights, x.rows, where);
  const names = x.columns === undefined ? null : checkColumns(x.columns, x.cols, where);
  const held = { source: placeRows(x, options.inMemory === true, where), rows: x.rows, width: x.cols };
  const { columns, digest } = columnsOf(openReader(held), weights, where);
  return {
    ...held,
    id: newId(),
    digest,
    columns: { names, ...columns },
    cuts,
    transform: transformOf(columns, standardize),
    sides: { weights },
    totalWeight: weights === null ? x.rows : weights.reduce((sum, w) => sum + w, 0),
  };
}

const prepared = new WeakMap<Dataset, Map<string, Dataset>>();

/**
 * The same rows, prepared in another way: what holds them is shared, so several fits can use one data set.
 *
 * @param how  by their own columns, or by a transform of other rows, as held-out rows go into the space of a fit
 *
 * @example
 * const raw = dataset(matrix([[1, 2], [3, 4]]));
 * prepare(raw, true).transform.center; // [2, 3]
 */
export function prepare(data: Dataset, how: Standardize | Transform): Dataset {
  if (typeof how === 'object' && 'scale' in how) return { ...data, id: newId(), transform: how };
  let ways = prepared.get(data);
  if (ways === undefined) prepared.set(data, (ways = new Map()));
  const name = String(scalingsFor(how, data.width));
  let way = ways.get(name);
  if (way === undefined) {
    way = { ...data, id: newId(), transform: transformOf(data.columns, how) };
    ways.set(name, way);
  }
  return way;
}

/**
 * The same rows under other weights, as folds of a cross-validation need them: what holds the rows is shared.
 *
 * @param weights  w `[N]`; they take the place of those that the data set has
 * @throws as `dataset` for weights that cannot be used
 *
 * Cost: one pass over the rows, which finds what is to be known of their columns anew.
 *
 * @example
 * const raw = dataset(matrix([[1, 2], [3, 4], [50, 60]]));
 * reweigh(raw, [1, 1, 0]).columns.mean; // [2, 3]
 */
export function reweigh(data: Dataset, weights: ArrayLike<number>, where = 'core/reweigh'): Dataset {
  const own = checkWeights(weights, data.rows, where)!;
  const { columns, digest } = columnsOf(openReader(data), own, where);
  return {
    ...data,
    id: newId(),
    digest,
    columns: { names: data.columns.names, ...columns },
    transform: transformOf(columns, false),
    sides: { weights: own },
    totalWeight: own.reduce((sum, w) => sum + w, 0),
  };
}

function checkStandardize(given: Standardize, width: number, where: string): void {
  const isScaling = (way: unknown): boolean => way === 'none' || way === 'alone' || typeof way === 'number';
  const isSound =
    typeof given === 'object' && given !== null
      ? given.length === width && given.every(isScaling)
      : [true, false, 'jointly'].includes(given);
  if (isSound) return;
  const due = `true, false, "jointly", or "none", "alone" or a number for each of ${counted(width, 'column')}`;
  fail(where, 'BAD_OPTION', `standardize is ${show(given)}; ${due} was due`);
}

function newId(): string {
  return `${origin}-${++created}`;
}

function checkWeights(weights: ArrayLike<number> | undefined, rows: number, where: string): Float64Array | null {
  if (weights === undefined || weights === null) return null;
  if (weights.length !== rows)
    fail(where, 'BAD_SHAPE', `weights of length ${weights.length} came with ${counted(rows, 'row')}`);
  const shared = new Float64Array(
    allocate(rows * 8, where, `the weights of ${counted(rows, 'row')}`) as ArrayBuffer,
    0,
    rows,
  );
  copyWeights(weights, shared, (row, came) =>
    fail(where, 'BAD_DATA', `the weight of row ${row} (counted from 0) is ${came}, a finite number ≥ 0 was due`),
  );
  const total = shared.reduce((sum, w) => sum + w, 0);
  if (total === 0) fail(where, 'BAD_DATA', 'every weight is 0');
  if (total === Number.POSITIVE_INFINITY)
    fail(where, 'BAD_DATA', 'the weights sum to Infinity, a finite sum was due; divide them all by one number');
  return shared;
}
