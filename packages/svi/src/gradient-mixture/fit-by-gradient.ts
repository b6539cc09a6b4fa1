import type { Mixture, Tree } from '@mixtention/core';
import type { LearningRate, OptimizerName } from '@mixtention/core/optimize';
import { checkLearningRate } from '@mixtention/core/optimize';
import type { Fit, FitOptions } from '@mixtention/mixture';
import { checkCount, type FitContext, type FitInput, type FitPlan, fitMixture } from '@mixtention/mixture/fit';
import { firstState, gradientMixture, readMixture } from './gradient-mixture.ts';
import type { GradientMixtureConfig, GradientMixtureInfo, GradientMixtureState } from './types.ts';

export type GradientFitOptions = FitOptions & {
  /** `adam` (default), `rmsProp`, or `sgd`, plain gradient descent. */
  readonly optimizer?: OptimizerName;
  /** Of the loss per unit of row weight (default 0.1): a number or a schedule. */
  readonly learningRate?: LearningRate;
  /** Rows that a step sees; left out, it sees all of them. */
  readonly minibatch?: number;
  /** Steps that the stopping rule looks at (default 50; under `minibatch` rounded up to whole passes over the data). */
  readonly window?: number;
};

/** A fit, and what it cost in gradients. */
export type GradientFit = Fit & {
  /** Over all starts and short runs: one for each pass over the data or minibatch, the last of each start, which only measures, included. */
  readonly gradientEvaluations: number;
  readonly info: GradientMixtureInfo;
};

const WHERE = 'svi/fitByGradient';
/** What `fitByGradient` does unless its options say otherwise, beside `fitDefaults`: gradients need far more steps than EM. */
export const gradientDefaults: {
  readonly maxIterations: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly window: number;
} = { maxIterations: 5000, optimizer: 'adam', learningRate: 0.1, window: 50 };

/**
 * Fits a mixture by gradient ascent: the same model, options, starts and report as EM, another way up.
 *
 * Works in the standardised space of the fit, so one learning rate suits most data. A fit by minibatches reports the exact log-likelihood of its
 * last state; its trace holds estimates. What a fit sees of its end in float32 it looks for again in float64; where components are too narrow for float32 it goes on there for good, which `message` says. A run that has
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
  const own = settleOwn(options);
  return fitMixture(x, options, {
    where: WHERE,
    ownOptions: ['optimizer', 'learningRate', 'minibatch', 'window'],
    defaults: { maxIterations: gradientDefaults.maxIterations },
    plan: (context) => planOf(context, own),
  });
}

function withCosts(fit: Fit): GradientFit {
  const toTheEnd = fit.restarts.reduce((sum, { iterations }) => sum + iterations + 1, 0);
  const gradientEvaluations = toTheEnd + (fit.screening?.passes ?? 0);
  return { ...fit, info: fit.info as GradientMixtureInfo, gradientEvaluations };
}

/** Options of this fit alone, with defaults. */
type Own = Required<Pick<GradientFitOptions, 'optimizer' | 'learningRate'>> & {
  readonly minibatch: number | undefined;
  readonly window: number | undefined;
};

function settleOwn(options: GradientFitOptions): Own {
  // That they are missing is said by the driver.
  const { optimizer = gradientDefaults.optimizer, learningRate = gradientDefaults.learningRate } = options ?? {};
  const { minibatch, window } = options ?? {};
  checkLearningRate(WHERE, learningRate);
  checkCount(WHERE, 'minibatch', minibatch, 1);
  checkCount(WHERE, 'window', window, 1);
  return { optimizer, learningRate, minibatch, window };
}

function planOf({ config, options, data: { rows, totalWeight } }: FitContext, own: Own): FitPlan<GradientFit> {
  const { optimizer, learningRate, minibatch } = own;
  const { tolerance } = options;
  const batches = minibatch === undefined ? 1 : Math.max(1, Math.round(rows / minibatch));
  const window = own.window ?? gradientDefaults.window;
  const sizes = { batches, rows, totalWeight };
  const full: GradientMixtureConfig = { ...config, ...sizes, optimizer, learningRate, tolerance, window };
  const mixtureOf = (state: Tree): Mixture => readMixture(full, state as GradientMixtureState);
  return {
    algorithm: gradientMixture(full),
    mixtureOf,
    stateOf: (mixture, key) => firstState(full, mixture, key),
    // Moments, patience and the best state of a short run belong to the rows that it saw.
    carry: (state, key) => firstState(full, mixtureOf(state), key),
    report: withCosts,
  };
}
