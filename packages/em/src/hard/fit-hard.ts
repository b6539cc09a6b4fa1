import type { Fit, FitOptions } from '@mixtention/mixture';
import { type FitInput, fitMixture } from '@mixtention/mixture/fit';
import { hard } from './hard.ts';

/**
 * Fits a mixture by classification EM: fast, and biased towards separated components.
 *
 * `objective` of the result is the classification likelihood, `logLikelihood` the ordinary one at the same parameters.
 *
 * @param x        `[N, D]`; left alone
 * @param options  as for `fit`
 * @throws as `fit`
 *
 * Cost: as `fit`, in fewer iterations.
 * Source: Celeux & Govaert (1992).
 *
 * @example
 * const { model, status } = await fitHard(faithful(), { components: 2 });
 * status; // 'converged'
 * model.predict([[3.6, 79], [1.8, 54]]); // [0, 1]
 */
export function fitHard(x: FitInput, options: FitOptions): Promise<Fit> {
  return fitMixture(x, options, {
    where: 'em/fitHard',
    plan: ({ config }) => ({ algorithm: hard(config) }),
  });
}
