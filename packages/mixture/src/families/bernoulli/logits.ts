import type { Coordinates } from '@mixtention/core';
import type { BernoulliParams, BernoulliPrior } from './params.ts';

/** Given probabilities of 0 and 1 start at logits of ±27.6, from where gradients still move them. */
const LEAST = 1e-12;

/**
 * Bernoulli components by their logits η = log θ/(1 − θ).
 *
 *     ∂ℓ/∂η_kd = Σₙ r_nk x_nd − N_k θ_kd
 *     with a Beta(a, b) density of θ also  (a − 1) − (a + b − 2) θ_kd
 */
export const bernoulliLogits: Coordinates<BernoulliParams, BernoulliPrior> = {
  from: ({ probabilities }) => ({
    logit: probabilities.map((p) => Math.log(Math.max(p, LEAST)) - Math.log(Math.max(1 - p, LEAST))),
  }),
  to: ({ logit }, components) => ({ width: logit!.length / components, probabilities: logit!.map(sigmoid) }),

  gradient({ logit }, { counts, sums: [sums] }, prior) {
    const width = sums!.length / counts.length;
    const { a, b } = prior ?? { a: 1, b: 1 };
    return {
      logit: logit!.map((l, i) => sums![i]! + (a - 1) - (counts[Math.floor(i / width)]! + a + b - 2) * sigmoid(l)),
    };
  },

  bound: (coordinates) => ({ coordinates, degenerate: [] }),
};

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
