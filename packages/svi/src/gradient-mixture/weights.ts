import { logSumExp } from '@mixtention/core/numeric';

/** Log weights of free logits, `log softmax(a)`. */
export function logWeightsOf(logits: Float64Array): Float64Array {
  const normalizer = logSumExp(logits);
  return logits.map((a) => a - normalizer);
}

/**
 * Logits of given log weights. Under a Dirichlet density with c > 1 no weight may be 0, whose density is 0: such a component starts at what the
 * first M-step of EM would give it,
 *
 *     log (c − 1) − log (N + K(c − 1))
 *
 * @param totalWeight  N, Σ w of the rows
 */
export function logitsOf(logWeights: Float64Array, concentration: number, totalWeight: number): Float64Array {
  const extra = concentration - 1;
  if (!(extra > 0)) return logWeights.slice();
  const least = Math.log(extra) - Math.log(totalWeight + logWeights.length * extra);
  return logWeights.map((l) => (l === Number.NEGATIVE_INFINITY ? least : l));
}

/**
 * Gradient of Σ log evidence, and of a symmetric Dirichlet density of π, by the logits of the weights.
 *
 *     ∂/∂a_k = N_k − π_k Σ N + (c − 1)(1 − K π_k)
 */
export function weightGradient(logWeights: Float64Array, counts: Float64Array, concentration: number): Float64Array {
  const total = counts.reduce((sum, n) => sum + n, 0);
  return logWeights.map((l, k) => {
    const weight = Math.exp(l);
    return counts[k]! - weight * total + (concentration - 1) * (1 - counts.length * weight);
  });
}
