import type { Fit, FitOptions } from '@mixtention/mixture';
import { type FitInput, fitMixture } from '@mixtention/mixture/fit';
import { batch } from './batch.ts';

/**
 * Fits a mixture by batch EM: maximum likelihood, or the posterior mode under a prior.
 *
 *     ℓ(θ) = Σₙ log Σ_k π_k p(x_n | θ_k)
 *
 * @param x        `[N, D]`: rows of numbers, a typed array with its shape, or a tensor; left alone. Or a data set that several fits share
 * @param options  at least `components`; every default is written at `FitOptions`
 * @returns the model, status, criteria, trace, restarts and costs
 * @throws BAD_OPTION, BAD_DATA, BAD_SHAPE, NOT_FINITE, UNKNOWN_NAME for input that cannot be used; ABORTED when the signal fires
 *
 * Cost: one copy of the data; each iteration is one pass of the kernel.
 * Source: Dempster, Laird & Rubin (1977).
 *
 * @example
 * const { model, logLikelihood } = await fit(faithful(), { components: 2, restarts: 5 });
 * logLikelihood; // −1130.264
 * model.means.data; // [4.29, 79.97, 2.04, 54.48]
 */
export function fit(x: FitInput, options: FitOptions): Promise<Fit> {
  return fitMixture(x, options, {
    where: 'em/fit',
    plan: ({ config }) => ({ algorithm: batch(config) }),
  });
}
