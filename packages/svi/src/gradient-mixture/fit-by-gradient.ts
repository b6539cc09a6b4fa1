import { fail } from '@mixtention/core/base';
import type { LearningRate, OptimizerName } from '@mixtention/core/optimize';
import { checkLearningRate } from '@mixtention/core/optimize';
import type { Fit, FitOptions } from '@mixtention/mixture';
import { type FitContext, type FitInput, type FitPlan, fitMixture } from '@mixtention/mixture/fit';
import { firstState, gradientMixture, readMixture } from './gradient-mixture.ts';
import type { GradientMixtureConfig, GradientMixtureInfo, GradientMixtureState } from './types.ts';

export type GradientFitOptions = FitOptions & {
  /** `adam` (default) or `sgd`, plain gradient descent. */
  readonly optimizer?: OptimizerName;
  /** Of the loss per unit of row weight (default 0.1): a number or a schedule. */
  readonly learningRate?: LearningRate;
  /** Rows that a step sees; left out, it sees all of them. */
  readonly minibatch?: number;
  /** Steps over which the objective must stand still (default 50; under `minibatch` one pass over the data if that is more). */
  readonly window?: number;
};

/** A fit, and what it cost in gradients. */
export type GradientFit = Fit & {
  /** Over all starts and short runs: one for each pass over the data or minibatch, the last of each start, which only measures, included. */
  readonly gradientEvaluations: number;
  readonly info: GradientMixtureInfo;
};

/** Gradients need far more steps than EM. */
const MAX_ITERATIONS = 5000;
const WINDOW = 50;

/**
 * Fits a mixture by gradient ascent: the same model, options, starts and report as EM, another way up.
 *
 * Works in the standardised space of the fit, so one learning rate suits most data. A fit by minibatches reports the exact log-likelihood of its
 * last state; its trace holds estimates. On float32 backends narrow components are fitted to the end in float64, which `message` says. A run that has
 * lost its way returns its best state, with status `diverged`.
 *
 * @param x  `[N, D]`
 * @returns the model with status, criteria, trace and costs
 * @throws as `fitMixture` of core does; BAD_OPTION for a learning rate, minibatch or window that cannot be used
 *
 * Cost: a step costs what a step of EM costs, and reaching EM's optimum takes 10 to 100 times as many.
 *
 * @example
 * import { faithful } from '@mixtention/mixture';
 * const { logLikelihood } = await fitByGradient(faithful(), { components: 2 }); // −1130.264
 */
export async function fitByGradient(x: FitInput, options: GradientFitOptions): Promise<GradientFit> {
  const fit = await fitMixture(
    x,
    { maxIterations: MAX_ITERATIONS, ...options },
    {
      where: 'svi/fitByGradient',
      ownOptions: ['optimizer', 'learningRate', 'minibatch', 'window'],
      plan: (context) => planOf(context, options),
    },
  );
  const toTheEnd = fit.restarts.reduce((sum, { iterations }) => sum + iterations + 1, 0);
  const gradientEvaluations = toTheEnd + (fit.screening?.passes ?? 0);
  return { ...fit, info: fit.info as GradientMixtureInfo, gradientEvaluations };
}

function planOf({ config, data: { rows, totalWeight } }: FitContext, options: GradientFitOptions): FitPlan {
  const { optimizer = 'adam', learningRate = 0.1, minibatch, tolerance = 1e-8 } = options;
  checkLearningRate('svi/fitByGradient', learningRate);
  checkCount('minibatch', minibatch);
  checkCount('window', options.window);
  const batches = minibatch === undefined ? 1 : Math.max(1, Math.round(rows / minibatch));
  const window = options.window ?? Math.max(WINDOW, batches);
  const sizes = { batches, rows, totalWeight };
  const own: GradientMixtureConfig = { ...config, ...sizes, optimizer, learningRate, tolerance, window };
  return {
    algorithm: gradientMixture(own),
    mixtureOf: (state) => readMixture(own, state as GradientMixtureState),
    stateOf: (mixture, key) => firstState(own, mixture, key),
  };
}

function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return;
  fail('svi/fitByGradient', 'BAD_OPTION', `${name} is ${String(value)}, a whole number from 1 was due`);
}
