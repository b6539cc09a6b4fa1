import type { Mixture, Tree } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { key, split } from '@mixtention/core/numeric';
import type { Fit } from '@mixtention/mixture';
import { type Course, type FitContext, type FitInput, type FitPlan, fitMixture } from '@mixtention/mixture/fit';
import { assignInFloat64 } from './assigned.ts';
import { withBestAssignment } from './best-assignment.ts';
import { type BoundEstimate, discreteBound } from './discrete-bound.ts';
import { expectedMixture } from './expected-mixture.ts';
import { type GuidePosterior, posteriorOf } from './posterior.ts';
import type { VariationalConfig, VariationalInfo, VariationalState } from './types.ts';
import { guideState, priorOf, variational } from './variational.ts';
import {
  configOf,
  type Own,
  ownDefaults,
  ownOptions,
  settleOwn,
  type VariationalOptions,
  WHERE,
} from './variational-options.ts';

/** A variational fit. The model is the mixture in the middle of the guide; bounds are totals in nats, in user space. */
export type VariationalFit = Omit<Fit, 'info'> & {
  /** The evidence lower bound with discrete assignments, all constants included: comparable across K, priors and methods. */
  readonly elbo: number;
  /** Of `elbo`, which is a mean over draws. */
  readonly elboStandardError: number;
  /** What relaxed training raised, a mean over the last `window` steps with its standard error. **No bound on the evidence**; null under exact assignments. */
  readonly relaxedObjective: BoundEstimate | null;
  readonly posterior: GuidePosterior;
  /** Over all starts. */
  readonly gradientEvaluations: number;
  readonly info: VariationalInfo;
};

/**
 * Fits a Bayesian Gaussian mixture by fixed-form variational inference: reparameterised draws of weights, means and precisions, relaxed assignments,
 * gradients by automatic differentiation.
 *
 * By default the prior is the weak normal–Wishart prior of full Gaussian components with a Dirichlet of concentration 1; values come in the user's units. What is reported is the bound with discrete assignments, its sums over rows in float64 on every
 * backend; the trace holds estimates of few draws, and the relaxed objective is no bound.
 *
 * @param x  `[N, D]`
 * @returns bound, posterior, and the report of every fit; `logLikelihood` and the criteria speak of `model`, the middle of the guide
 * @throws as `fitMixture` of core does; BACKEND_UNAVAILABLE unless the executor runs on a tfjs backend
 *
 * Cost: hundreds to thousands of steps of about three passes over the rows each, and one pass in float64; free-form variational Bayes needs tens of
 * one pass.
 *
 * @example
 * import { inline } from '@mixtention/core';
 * import { loadBackend } from '@mixtention/core/threads';
 * import { faithful } from '@mixtention/mixture';
 * const executor = inline(await loadBackend('tfjs-wasm'));
 * const { elbo, posterior } = await fitVariational(faithful(), { components: 2, executor });
 */
export async function fitVariational(x: FitInput, options: VariationalOptions): Promise<VariationalFit> {
  if ('family' in options || 'covariance' in options) {
    fail(
      WHERE,
      'BAD_OPTION',
      'a family was given; this fit is one of full Gaussian components, leave family and covariance out',
    );
  }
  const own = settleOwn(options);
  return fitMixture(
    x,
    { prior: 'weak', ...options },
    { where: WHERE, ownOptions, defaults: ownDefaults, plan: (context) => planOf(context, own) },
  );
}

function planOf(context: FitContext, own: Own): FitPlan<VariationalFit> {
  const config = configOf(context, own);
  const { seed } = context.options;
  const mixtureOf = (state: Tree): Mixture => expectedMixture((state as VariationalState).guide);
  return {
    algorithm: variational(config),
    mixtureOf,
    stateOf: (mixture, start) => guideState(config, mixture, start),
    // How wide the guide of a short run is, its moments and its plateau belong to the rows that it saw.
    carry: (state, start) => guideState(config, mixtureOf(state), start),
    report: (fit, course) => withPosterior(fit, { config, course, own, seed }),
  };
}

type Reporting = {
  readonly config: VariationalConfig;
  readonly course: Course;
  readonly own: Own;
  readonly seed: number;
};

async function withPosterior(
  fit: Fit,
  { config, course, own: { boundDraws }, seed }: Reporting,
): Promise<VariationalFit> {
  const { data, signal } = course;
  const last = fit.info as VariationalInfo;
  const guide = withBestAssignment(last.guide);
  const assigned = await assignInFloat64(data, guide, signal);
  const info = { ...last, guide, assigned };
  const shift = fit.objective - last.objective;
  const purpose = split(key(seed), 'report');
  const bound = discreteBound(
    { guide: info.guide, assigned, prior: priorOf(config) },
    split(purpose, 'bound'),
    boundDraws,
  );
  const { relaxedObjective: relaxed } = info;
  const { logWeights } = expectedMixture(info.guide);
  const order = Array.from(logWeights.keys()).sort((a, b) => logWeights[b]! - logWeights[a]! || a - b);
  return {
    ...fit,
    info,
    objective: bound.mean + shift,
    elbo: bound.mean + shift,
    elboStandardError: bound.standardError,
    relaxedObjective: relaxed === null ? null : { ...relaxed, mean: relaxed.mean + shift },
    posterior: posteriorOf(info.guide, {
      transform: data.transform,
      order,
      key: split(purpose, 'weights'),
      draws: boundDraws,
    }),
    gradientEvaluations: fit.restarts.reduce((sum, { iterations }) => sum + iterations + 1, 0),
  };
}
