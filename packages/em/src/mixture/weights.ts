import { logDirichletNormalizer } from '@mixtention/core';

/**
 * M-step of the weights, in logarithms: `π_k = (N_k + c − 1) / (N + K(c − 1))`.
 *
 * @param counts         N_k, `[K]`
 * @param concentration  c ≥ 1 of a symmetric Dirichlet prior; 1 is maximum likelihood
 * @returns `[K]`; −∞ for a component that owns nothing under c = 1
 *
 * Source: mode of the Dirichlet posterior, Bishop (2006), sec. 2.2; under c = 1 eq. 9.26.
 */
export function updateWeights(counts: Float64Array, concentration: number): Float64Array {
  const logTotal = Math.log(counts.reduce((sum, count) => sum + count + (concentration - 1), 0));
  return counts.map((count) => Math.log(count + (concentration - 1)) - logTotal);
}

/** log Dir(π; c, …, c), nats, every constant included. */
export function logWeightsDensity(logWeights: Float64Array, concentration: number): number {
  const normalizer = logDirichletNormalizer(new Float64Array(logWeights.length).fill(concentration));
  // Under c = 1 the density is flat, also where a weight is 0.
  if (concentration === 1) return normalizer;
  return normalizer + (concentration - 1) * logWeights.reduce((sum, l) => sum + l, 0);
}
