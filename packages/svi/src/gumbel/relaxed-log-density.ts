import { lgamma, logSumExp } from '@mixtention/core/numeric';
import { checkTemperature } from './temperature.ts';

/**
 * Log density of a relaxed one-hot draw (the Concrete distribution) on the simplex, in nats.
 *
 *     p(y) = Γ(K) τ^{K−1} (Σᵢ rᵢ yᵢ^{−τ})^{−K} Πᵢ rᵢ yᵢ^{−(τ+1)}
 *
 * Computed from v = log y, where nothing underflows: `log p(y) = log p(v) − Σᵢ vᵢ`.
 *
 * @param logDraw      v = log y `[K]`, with Σ exp v = 1
 * @param logits       log r `[K]`; any constant added to it cancels
 * @param temperature  τ, from 1e-30 to 1e30
 * @returns log density with respect to K − 1 of the coordinates of y
 * @throws BAD_OPTION for a temperature outside that range
 *
 * Cost: one log-sum-exp.
 * Source: Maddison, Mnih & Teh (2017), eq. 10 and appendix C.3 (ExpConcrete).
 *
 * @example
 * relaxedLogDensity([Math.log(0.5), Math.log(0.5)], [0, 0], 1); // 0: uniform on the simplex
 */
export function relaxedLogDensity(logDraw: ArrayLike<number>, logits: ArrayLike<number>, temperature: number): number {
  checkTemperature('svi/relaxedLogDensity', temperature);
  const components = logDraw.length;
  const scores = Array.from(logDraw, (v, k) => logits[k]! - temperature * v);
  const sum = scores.reduce((a, b) => a + b, 0);
  const jacobian = Array.from(logDraw).reduce((a, b) => a + b, 0);
  const constant = lgamma(components) + (components - 1) * Math.log(temperature);
  return constant + sum - components * logSumExp(scores) - jacobian;
}
