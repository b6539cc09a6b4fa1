import { type Dataset, type Matrix, type MatrixLike, matrix, type Source, type Table } from '@mixtention/core';
import { checkWidth, counted, countedWas, fail, lookUp } from '@mixtention/core/base';
import {
  type Account,
  checkDriverOptions,
  type DriverOptions,
  type FitInput,
  fitDefaults,
  type Settled,
  settle,
} from '@mixtention/mixture/fit';
import type { StartMethod } from '@mixtention/mixture/starts';
import type { KMeansModel } from './k-means-model.ts';

/**
 * Options of `kMeans`: those of every fit, but that all starts are run to the end (`screen` is 0) and that `tolerance` bounds what J may still lose,
 * relative to the mean variance of the columns (default 0: until centres repeat, in the precision of the passes). What `onStep` is told has −J as objective.
 */
export type KMeansOptions = DriverOptions & {
  /** `k-means++` (default), `random`, or centres `[K, D]` */
  readonly start?: 'k-means++' | 'random' | MatrixLike;
};

export type KMeansTracePoint = { readonly iteration: number; readonly seconds: number; readonly inertia: number };

/** Centres and how they came about. */
export type KMeansFit = Account & {
  readonly model: KMeansModel;
  /** `[K, D]`, by decreasing weight of their rows */
  readonly centers: Matrix;
  /** Weight of the rows of each centre, `[K]` */
  readonly counts: Float64Array;
  /** Nearest centre of every row `[N]`; computed when first read */
  readonly labels: Int32Array;
  /** J = Σ wₙ minₖ ‖xₙ − m_k‖² */
  readonly inertia: number;
  /** Of the start that was kept. */
  readonly trace: readonly KMeansTracePoint[];
};

export const WHERE = 'em/kMeans';

const METHODS = { 'k-means++': 'k-means++', random: 'random' } as const;

/** Options as they are used: read once, with every default filled in. */
export type SettledKMeans = Settled & { readonly start: StartMethod | Matrix };

/** Refuses options and data that k-means cannot use, and fills in the defaults; given centres are copied. */
export function checkKMeans(
  input: FitInput,
  options: KMeansOptions,
): { readonly x: Table | Source | Dataset; readonly options: SettledKMeans } {
  const x = checkDriverOptions(WHERE, input, { options, own: ['start'] });
  const start = chooseStart('cols' in x ? x.cols : x.width, options);
  return { x, options: { ...settle(options, { screen: 0, tolerance: 0 }), start } };
}

/** The method that `start` names, or given centres `[K, D]` in user space. */
function chooseStart(width: number, { start = fitDefaults.start, components }: KMeansOptions): StartMethod | Matrix {
  if (typeof start === 'string') return lookUp(WHERE, 'start', start, METHODS);
  const centers = matrix(start, `${WHERE} start`);
  checkWidth(centers, width, WHERE);
  if (centers.rows !== components)
    fail(
      WHERE,
      'BAD_SHAPE',
      `the start has ${counted(centers.rows, 'centre')}, ${countedWas(components, 'component')} asked for`,
    );
  return centers;
}
