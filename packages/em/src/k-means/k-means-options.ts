import {
  type BackendName,
  type Dataset,
  type Executor,
  type Matrix,
  type MatrixLike,
  matrix,
  type Status,
  type Table,
} from '@mixtention/core';
import { checkOptions, checkWidth, fail, lookUp, table } from '@mixtention/core/base';
import { isDataset } from '@mixtention/core/data';
import { checkCount, checkNumber, checkReady, checkRows, type FitInput } from '@mixtention/mixture/fit';
import type { StartMethod } from '@mixtention/mixture/starts';
import type { KMeansModel } from './k-means-model.ts';

/** Options of `kMeans`; the names and defaults are those of `fit`. */
export type KMeansOptions = {
  readonly components: number;
  /** `k-means++` (default), `random`, or centres `[K, D]` */
  readonly start?: 'k-means++' | 'random' | MatrixLike;
  readonly restarts?: number;
  readonly seed?: number;
  readonly maxIterations?: number;
  /** Stops when J gains no more than this per unit of row weight, relative to the mean variance of the columns (default 0: until labels repeat). */
  readonly tolerance?: number;
  readonly weights?: ArrayLike<number>;
  readonly executor?: Executor;
  readonly shardRows?: number;
  readonly signal?: AbortSignal | undefined;
  readonly budgetMs?: number;
};

export type KMeansTracePoint = { readonly iteration: number; readonly seconds: number; readonly inertia: number };

/** Centres and how they came about. */
export type KMeansFit = {
  readonly model: KMeansModel;
  /** `[K, D]`, by decreasing weight of their rows */
  readonly centers: Matrix;
  /** Weight of the rows of each centre, `[K]` */
  readonly counts: Float64Array;
  /** Nearest centre of every row `[N]`; computed when first read */
  readonly labels: Int32Array;
  /** J = Σ wₙ minₖ ‖xₙ − m_k‖² */
  readonly inertia: number;
  readonly status: Status;
  readonly message: string;
  readonly converged: boolean;
  readonly iterations: number;
  readonly trace: readonly KMeansTracePoint[];
  readonly seconds: number;
  /** Centres that own no row */
  readonly degenerate: readonly number[];
  readonly backend: BackendName;
  readonly workers: number;
};

const KNOWN = [
  'components',
  'start',
  'restarts',
  'seed',
  'maxIterations',
  'tolerance',
  'weights',
  'executor',
  'shardRows',
  'signal',
  'budgetMs',
];
const METHODS = { 'k-means++': 'k-means++', random: 'random' } as const;

/** Refuses options and data that k-means cannot use. */
export function checkKMeans(input: FitInput, options: KMeansOptions): Table | Dataset {
  const where = 'em/kMeans';
  if (typeof options !== 'object' || options === null)
    fail(where, 'BAD_OPTION', 'options are missing; at least { components } was due');
  checkOptions(where, options, KNOWN);
  const isReady = isDataset(input);
  const x = isReady ? input : table(input, where);
  if (isReady) checkReady(where, options);
  checkCount(where, 'components', options.components, 1);
  checkRows(where, x.rows, { ...options, weights: isReady ? input.sides.weights : options.weights });
  checkCount(where, 'restarts', options.restarts, 1);
  checkCount(where, 'maxIterations', options.maxIterations, 0);
  checkNumber(where, 'tolerance', options.tolerance, 0);
  checkNumber(where, 'budgetMs', options.budgetMs, 0, Number.POSITIVE_INFINITY);
  return x;
}

/** The method that `start` names, or given centres `[K, D]` in user space. */
export function chooseKMeansStart(
  width: number,
  { start = 'k-means++', components }: KMeansOptions,
): StartMethod | Matrix {
  const where = 'em/kMeans';
  if (typeof start === 'string') return lookUp(where, 'start', start, METHODS);
  const centers = matrix(start, `${where} start`);
  checkWidth(centers, width, where);
  if (centers.rows !== components)
    fail(where, 'BAD_SHAPE', `the start has ${centers.rows} centres, ${components} components were asked for`);
  return centers;
}
