import type { PrecisionChoice } from '@mixtention/core';
import { TOLERANCE } from '@mixtention/core/loop';

/** What fits do unless their options say otherwise: the library, the command line and the documentation read it here. */
export const fitDefaults: {
  readonly screen: number;
  readonly restarts: number;
  readonly seed: number;
  readonly maxIterations: number;
  readonly tolerance: number;
  readonly precision: PrecisionChoice;
  readonly budgetMs: number;
  readonly checkpointEveryMs: number;
  readonly force: boolean;
  readonly start: 'k-means++';
  readonly family: 'gaussian';
  readonly covariance: 'full';
  /** Relative to the variance of a column: components a thousand times narrower than the data are taken for collapsed. */
  readonly floor: number;
} = {
  screen: 10,
  restarts: 1,
  seed: 0,
  maxIterations: 1000,
  tolerance: TOLERANCE,
  precision: 'auto',
  budgetMs: Number.POSITIVE_INFINITY,
  checkpointEveryMs: 30_000,
  force: false,
  start: 'k-means++',
  family: 'gaussian',
  covariance: 'full',
  floor: 1e-6,
};
