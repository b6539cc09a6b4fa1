import type { Fit, FitOptions } from '@mixtention/mixture';
import { type FitContext, type FitInput, fitMixture } from '@mixtention/mixture/fit';
import type { ScheduleOptions } from '../schedule/schedule-options.ts';
import { type Moved, type SummedPlan, scheduled } from '../schedule/scheduled.ts';
import { batch } from './batch.ts';

/**
 * Fits a mixture by EM: maximum likelihood, or the posterior mode under a prior.
 *
 *     ℓ(θ) = Σₙ log Σ_k π_k p(x_n | θ_k)
 *
 * @param x        `[N, D]`: rows of numbers, a typed array with its shape, or a tensor; left alone. Or a data set that several fits share
 * @param options  at least `components`; every default is written at `FitOptions`; `schedule` says in which order rows are looked at
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
export async function fit(x: FitInput, options: FitOptions & ScheduleOptions): Promise<Fit & Moved> {
  const plan = ({ config }: FitContext): SummedPlan<Fit> => ({ algorithm: batch(config) });
  return fitMixture(x, options, scheduled({ where: 'em/fit', plan }, options));
}
