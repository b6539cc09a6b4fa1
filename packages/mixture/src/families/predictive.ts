import type { Density, Family, Tree } from '@mixtention/core';
import { fail, priorOf, specOf } from '@mixtention/core/base';
import { familySpec } from './family-spec.ts';

/**
 * The posterior predictive of a family: how new rows of each component are distributed once its parameters are integrated out. Its own parameters
 * are a posterior.
 *
 *     p(x | k) = ∫ p(x | θ_k) q(θ_k) dθ_k
 *
 * Student-t for Gaussians, Bernoulli with posterior means for Bernoulli columns. A mixture of it is a model like any other: it predicts,
 * completes, draws rows and goes to a file, which then holds the posterior. It cannot be fitted: fits make the posterior.
 * It describes components by the posterior's means (`prior.mean`), and counts the free parameters of the family.
 *
 * @param family  one whose prior tells the predictive
 * @throws BAD_OPTION for a family without
 *
 * Cost of `scores`: that of the family's; of a row that is drawn: parameters of one component are drawn for it (D³ for full covariances).
 * Source: Bishop (2006), Pattern Recognition and Machine Learning, sec. 10.2.3.
 *
 * @example
 * const { prior } = bernoulli;
 * const posterior = prior.posterior({ a: 1, b: 1 }, Float64Array.of(8), [Float64Array.of(6, 0)]);
 * const model = new MixtureModel({ family: predictive(bernoulli), params: posterior, logWeights: Float64Array.of(0) });
 * model.logDensity([[1, 0]]); // [-0.462], log 7/10 + log 9/10: of eight rows, and one of each kind beside, seven and one had a 1 there
 */
export function predictive(family: Family): Density {
  const prior = priorOf(family, 'mixture/predictive');
  const { predictive: scores, marginal, conditional } = prior;
  if (scores === undefined)
    return fail(
      'mixture/predictive',
      'BAD_OPTION',
      `the prior of ${family.spec.name} does not tell its posterior predictive`,
    );
  return {
    spec: familySpec('predictive', specOf({ family })),
    columns: family.columns,
    checkSupport: family.checkSupport,
    scores,
    ...(family.marginal !== undefined &&
      marginal !== undefined && {
        marginal: (posterior: Tree, columns: readonly number[]) => ({
          family: predictive(family.marginal!(prior.mean(posterior), columns).family),
          params: marginal(posterior, columns),
        }),
      }),
    ...(conditional !== undefined && { conditional }),
    sample: (posterior, component, random) =>
      family.sample(prior.sample(prior.select(posterior, [component]), random), 0, random),
    freeParameters: family.freeParameters,
    unscale: (posterior, transform) => prior.unscalePosterior?.(posterior, transform) ?? posterior,
    rescale: (posterior, transform) => prior.rescalePosterior?.(posterior, transform) ?? posterior,
    describe: (posterior) => family.describe(prior.mean(posterior)),
    select: prior.select,
    shape: prior.posteriorShape,
  };
}
