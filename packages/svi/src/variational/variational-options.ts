import { fail, show } from '@mixtention/core/base';
import { checkLearningRate, type LearningRate } from '@mixtention/core/optimize';
import type { FitOptions } from '@mixtention/mixture';
import type { FitContext } from '@mixtention/mixture/fit';
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
  /** Steps over whose means standstills are judged (default 50; under `minibatch` one pass over the data if that is more). */
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
const MODES: readonly AssignmentMode[] = ['exact', 'relaxed', 'straight-through'];
const ESTIMATORS: readonly GradientEstimator[] = ['path', 'total'];

/** The config of a fit, its options checked. */
export function configOf({ config, data: { rows } }: FitContext, options: VariationalOptions): VariationalConfig {
  const { assignments = 'relaxed', draws = 8, estimator = 'path', learningRate = 0.1, minibatch } = options;
  const batches = minibatch === undefined ? 1 : Math.max(1, Math.round(rows / minibatch));
  const window = options.window ?? Math.max(WINDOW, batches);
  const temperature = options.temperature ?? { start: 1, rate: 1e-3, every: 100, least: 0.5 };
  checkOneOf('assignments', assignments, MODES);
  checkOneOf('estimator', estimator, ESTIMATORS);
  checkTemperature(WHERE, temperature);
  checkLearningRate(WHERE, learningRate);
  checkCount('draws', draws);
  checkCount('window', window);
  checkCount('minibatch', minibatch ?? 1);
  return {
    ...config,
    rows,
    assignments,
    draws,
    estimator,
    learningRate,
    window,
    temperature,
    batches,
    tolerance: options.tolerance ?? 1e-8,
  };
}

function checkOneOf(name: string, value: string, known: readonly string[]): void {
  if (!known.includes(value))
    fail(WHERE, 'BAD_OPTION', `${name} is ${show(value)}, one of ${known.join(', ')} was due`);
}

/** Refuses what is no whole number from 1. */
export function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  fail(WHERE, 'BAD_OPTION', `${name} is ${String(value)}, a whole number from 1 was due`);
}
