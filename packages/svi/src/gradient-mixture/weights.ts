import { logSumExp } from '@mixtention/core';

/** Log weights of free logits, `log softmax(a)`. */
export function logWeightsOf(logits: Float64Array): Float64Array {
  const normalizer = logSumExp(logits);
  return logits.map((a) => a - normalizer);
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
