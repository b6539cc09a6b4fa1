import type { ConjugateFamily, Tree } from '@mixtention/core';
import { fail, show } from '@mixtention/core/base';
import { type Fit, type FitOptions, pointWeights } from '@mixtention/mixture';
import { type Course, type FitContext, type FitInput, fitMixture } from '@mixtention/mixture/fit';
import type { ScheduleOptions } from '../schedule/schedule-options.ts';
import { type Moved, type SummedPlan, scheduled } from '../schedule/scheduled.ts';
import { predictiveOf } from './predictive-of.ts';
import type { BayesInfo, BayesState, BoundTerms, MixturePosterior } from './types.ts';
import { conjugateOf, stateAround, variationalBayes } from './variational-bayes.ts';

const WHERE = 'em/fitBayes';

/** Rows from which a component counts as active. */
const ACTIVE = 0.5;

/** Options of `fitBayes`: those of every fit of a mixture, and what its model predicts with. */
export type BayesOptions = FitOptions &
  ScheduleOptions & {
    /**
     * `posterior` (default): the posterior predictive, parameters integrated out (Student-t for Gaussians), where the family's prior tells it; `plug-in`: the
     * family at the mean of the posterior.
     */
    readonly predict?: 'posterior' | 'plug-in';
  };

/** A fit by variational Bayes. Totals in nats, in user space; components in the order of the model. */
export type BayesFit = Fit & {
  /** The evidence lower bound, every constant included: comparable across numbers of components, families, priors and weights. */
  readonly bound: number;
  /** What it is the sum of. */
  readonly boundTerms: BoundTerms;
  /** q(weights) and q(parameters), these by the names that the family's README gives them, in the user's units. */
  readonly posterior: MixturePosterior;
  /** Rows that each component is expected to own, `[K]`: they sum to the weights of the rows. */
  readonly expectedCounts: Float64Array;
  /** Components whose expected count is above ½. */
  readonly activeComponents: number;
  /** E π, `[K]`: they sum to 1, but for what the prior leaves to components that are not there. */
  readonly expectedWeights: Float64Array;
  readonly info: BayesInfo;
};

/**
 * Fits a mixture by variational Bayes: a posterior of weights and parameters in place of one point, and a lower bound on the evidence by which fits compare.
 *
 *     log p(X) ≥ E log p(X, Z, π, θ) − E log q(Z) q(π, θ)
 *
 * Components that the data do not ask for die out under a small concentration; the expected counts say which.
 *
 * @param x        `[N, D]`: rows of numbers, a typed array with its shape, or a tensor; left alone. Or a data set that several fits share
 * @param options  as for `fit`. `prior` is the family's weak one with a flat Dirichlet unless it is given: `{ family, concentration }`, or `{ family, weights }`
 * with any prior of weights
 * @returns what `fit` does, with bound, posterior and expected weights. The model is the posterior predictive unless `predict` says otherwise; `logLikelihood` and
 * the criteria speak of it, and its file holds the posterior
 * @throws as `fit`, and BAD_OPTION for `prior: 'none'`
 *
 * Cost: as `fit`: one pass of the kernel an iteration.
 * Source: Attias (2000); Bishop (2006), sec. 10.2; Corduneanu & Bishop (2001) for weights without a prior.
 *
 * @example
 * const { bound, activeComponents } = await fitBayes(faithful(), { components: 40, prior: { concentration: 0.001 } });
 * activeComponents; // 3
 */
export async function fitBayes(x: FitInput, options: BayesOptions): Promise<BayesFit & Moved> {
  const { predict, ...rest } = options ?? {};
  if (predict !== undefined && predict !== 'posterior' && predict !== 'plug-in')
    fail(WHERE, 'BAD_OPTION', `predict is ${show(predict)}, "posterior" or "plug-in" was due`);
  const plan = (context: FitContext): SummedPlan<BayesFit> => bayesPlan(context, predict);
  return fitMixture(x, rest, scheduled({ where: WHERE, infers: 'posterior', plan }, rest));
}

/** How a mixture is fitted by variational Bayes, under whatever drives it. */
export function bayesPlan({ config }: FitContext, predict?: BayesOptions['predict']): SummedPlan<BayesFit> {
  const { weights = pointWeights() } = config;
  const conjugate = conjugateOf(config);
  const isTold = conjugate.family.prior.predictive !== undefined;
  if (predict === 'posterior' && !isTold) {
    const { name } = conjugate.family.spec;
    fail(
      WHERE,
      'BAD_OPTION',
      `predict is "posterior", the prior of ${name} does not tell its predictive; "plug-in" was due`,
    );
  }
  return {
    ...(isTold &&
      predict !== 'plug-in' && { modelOf: (state) => predictiveOf(state as BayesState, { ...conjugate, weights }) }),
    algorithm: variationalBayes(config),
    mixtureOf: (state) => (state as BayesState).mixture,
    stateOf: (mixture) => stateAround(config, mixture),
    report: (fit, course, order) => withPosterior(fit, { config, course, order }),
  };
}

type Reporting = Pick<FitContext, 'config'> & { readonly course: Course; readonly order: readonly number[] };

function withPosterior(fit: Fit, { config, course: { outcomes, best, data }, order }: Reporting): BayesFit {
  const { family, weights = pointWeights() } = config;
  const { prior } = family as ConjugateFamily;
  const { state, info: last } = outcomes[best]!.step;
  const info = last as BayesInfo;
  const inner = (state as BayesState).posterior;
  const components = prior.select(inner.components, order) as Tree;
  const posterior = {
    weights: weights.select(inner.weights, order) as Tree,
    components: (prior.unscalePosterior?.(components, data.transform) ?? components) as Tree,
  };
  const expectedCounts = Float64Array.from(order, (k) => info.counts[k]!);
  // From the space of the fit to the user's units: rows have other densities there, and nothing else.
  const shift = fit.objective - info.objective;
  return {
    ...fit,
    info,
    bound: fit.objective,
    boundTerms: { ...info.boundTerms, data: info.boundTerms.data + shift },
    posterior,
    expectedCounts,
    activeComponents: expectedCounts.filter((n) => n > ACTIVE).length,
    expectedWeights: weights.expectedWeights(posterior.weights).weights,
  };
}
