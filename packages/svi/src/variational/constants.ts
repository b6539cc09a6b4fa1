import { cholesky, logDetFromCholesky, logDirichletNormalizer, multivariateLogGamma } from '@mixtention/core/numeric';
import type { MixturePrior } from './prior.ts';

/**
 * What does not depend on θ in the log prior of the coordinates (w, μ, A).
 *
 *     log C(α, …, α) + K [ (D/2) log(β/2π) + log B(W, ν) + D log 2 ]
 *     log B(W, ν) = (ν/2) log|W⁻¹| − (νD/2) log 2 − log Γ_D(ν/2)
 */
export function logPriorConstant(prior: MixturePrior, components: number, width: number): number {
  const { concentration, shrinkage, degrees, inverseScale } = prior;
  const factor = new Float64Array(width * width);
  cholesky(inverseScale, width, factor);
  const logWishart =
    0.5 * degrees * (logDetFromCholesky(factor, width) - width * Math.LN2) - multivariateLogGamma(degrees / 2, width);
  const logMean = 0.5 * width * Math.log(shrinkage / (2 * Math.PI));
  const logWeights = logDirichletNormalizer(new Float64Array(components).fill(concentration));
  return logWeights + components * (logMean + logWishart + width * Math.LN2);
}
