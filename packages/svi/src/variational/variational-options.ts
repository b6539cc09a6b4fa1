import { fail, show } from '@mixtention/core/base';
import { checkLearningRate, type LearningRate } from '@mixtention/core/optimize';
import type { FitOptions } from '@mixtention/mixture';
import { checkCount, type FitContext, type OwnDefaults } from '@mixtention/mixture/fit';
import { checkTemperature } from '../gumbel/check-temperature.ts';
import type { Temperature } from '../gumbel/temperature-type.ts';
import type { GradientEstimator } from './globals-gradient.ts';
import type { AssignmentMode } from './objective-gradient.ts';
import type { VariationalConfig } from './types.ts';

export type VariationalOptions = Omit<FitOptions, 'family' | 'covariance'> & {
  /** How rows are assigned while training: `relaxed` Gumbel-softmax (default), `straight-through`, or `exact`, which has neither bias nor noise of its own. */
  readonly assignments?: AssignmentMode;
  /** Of Gumbel-softmax draws; by default from 1 down to 0.5, as `exp(−t/1000)` in plateaus of 100 steps. */
  readonly temperature?: Temperature;
  /** Draws of the global parameters a step (default 8). */
  readonly draws?: number;
  readonly estimator?: GradientEstimator;
  /** Of Adam, on the loss per unit of row weight (default 0.1). */
  readonly learningRate?: LearningRate;
  /** Rows that a step sees; left out, it sees all of them. */
  readonly minibatch?: number;
  /** Steps over whose means standstills are judged (default 50; under `minibatch` rounded up to whole passes over the data). */
  readonly window?: number;
  /** Draws of the bound that is reported (default 4000). */
  readonly boundDraws?: number;
};

/** For messages. */
export const WHERE = 'svi/fitVariational';

/** Names of the options that other fits do not have. */
export const ownOptions: readonly string[] = [
  'assignments',
  'temperature',
  'draws',
  'estimator',
  'learningRate',
  'minibatch',
  'window',
  'boundDraws',
];
const WINDOW = 50;
const MAX_ITERATIONS = 5000;
const MODES: readonly AssignmentMode[] = ['exact', 'relaxed', 'straight-through'];
const ESTIMATORS: readonly GradientEstimator[] = ['path', 'total'];

/** Twenty noisy steps tell little of a start. */
export const ownDefaults: OwnDefaults = { maxIterations: MAX_ITERATIONS, screen: 0 };

/** Options of this fit alone, with defaults. */
export type Own = Pick<VariationalConfig, 'assignments' | 'temperature' | 'draws' | 'estimator' | 'learningRate'> & {
  readonly minibatch: number | undefined;
  readonly window: number | undefined;
  readonly boundDraws: number;
};

/** Reads, checks and completes the options of this fit alone. */
export function settleOwn(options: VariationalOptions): Own {
  const { assignments = 'relaxed', draws = 8, estimator = 'path', learningRate = 0.1 } = options;
  const { minibatch, window, boundDraws = 4000 } = options;
  const temperature = options.temperature ?? { start: 1, rate: 1e-3, every: 100, least: 0.5 };
  checkOneOf('assignments', assignments, MODES);
  checkOneOf('estimator', estimator, ESTIMATORS);
  checkTemperature(WHERE, temperature);
  checkLearningRate(WHERE, learningRate);
  for (const [name, value] of Object.entries({ draws, window, minibatch, boundDraws }))
    checkCount(WHERE, name, value, 1);
  return { assignments, draws, estimator, learningRate, temperature, minibatch, window, boundDraws };
}

/** The config of a fit. */
export function configOf({ config, options, data: { rows } }: FitContext, own: Own): VariationalConfig {
  const { minibatch, boundDraws: _, ...rest } = own;
  const batches = minibatch === undefined ? 1 : Math.max(1, Math.round(rows / minibatch));
  const window = own.window ?? WINDOW;
  return { ...config, ...rest, rows, batches, window, tolerance: options.tolerance };
}

function checkOneOf(name: string, value: string, known: readonly string[]): void {
  if (!known.includes(value))
    fail(WHERE, 'BAD_OPTION', `${name} is ${show(value)}, one of ${known.join(', ')} was due`);
}
