import type { Status } from '@mixtention/core';
import type { Covariance, Fit, FitOptions } from '@mixtention/mixture';
import type { BayesFit } from '../variational-bayes/fit-bayes.ts';

/**
 * By what mixtures are compared: smaller is better, but for `bound`, the evidence lower bound of fits by variational Bayes, and `held-out`, nats a row of rows that
 * the fit has not seen.
 */
export type Criterion = 'bic' | 'icl' | 'aic' | 'bound' | 'held-out';

/** Which rows are kept from the fits: parts of a cross-validation, or one share that is split off. */
export type HeldOut = { readonly folds: number } | { readonly share: number };

/** Options of `select`: those of `fit`, with lists of what is to be tried. */
export type SelectOptions = Pick<
  FitOptions,
  | 'family'
  | 'start'
  | 'prior'
  | 'floor'
  | 'screen'
  | 'restarts'
  | 'seed'
  | 'maxIterations'
  | 'tolerance'
  | 'precision'
  | 'weights'
  | 'executor'
  | 'shardRows'
  | 'signal'
  | 'stopSignal'
  | 'budgetMs'
> & {
  /** Numbers of components that are tried. */
  readonly components: readonly number[];
  /** Covariances that are tried, of Gaussians (default: `full` alone). */
  readonly covariance?: readonly Covariance[];
  /** Default `bic`. */
  readonly criterion?: Criterion;
  /** For `held-out` (default five folds). */
  readonly heldOut?: HeldOut;
  /** Called after every fit. */
  readonly onFit?: (progress: SelectProgress) => void;
};

export type SelectProgress = { readonly row: SelectRow; readonly done: number; readonly total: number };

/** One mixture that was tried. Totals in nats, in the user's units; of all rows. */
export type SelectRow = {
  readonly components: number;
  /** Null where the family has none. */
  readonly covariance: Covariance | null;
  readonly logLikelihood: number;
  readonly parameters: number;
  readonly bic: number;
  readonly icl: number;
  readonly aic: number;
  /** Lower bound on the evidence and the log number of symmetric modes; under the criterion `bound`. */
  readonly bound?: number;
  /** Log number of the orders of components that are modes alike, which `bound` holds: log K!, less log m! of m that own no row; 0 under sticks. */
  readonly logSymmetricModes?: number;
  /** Mean log density of held-out rows (nats a row); where they were asked for. */
  readonly heldOut?: number;
  readonly status: Status;
  /** Whether components own no data or are at the floor: such a mixture is chosen only where there is no other. */
  readonly isDegenerate: boolean;
};

export type Selection = {
  readonly table: readonly SelectRow[];
  readonly best: SelectRow;
  /** Of `best`, on all rows; under the criterion `bound` by variational Bayes. */
  readonly fit: Fit | BayesFit;
  readonly criterion: Criterion;
  /** Why, in a sentence or two. */
  readonly why: string;
  readonly seconds: number;
};
