import type { WeightCoordinates } from '@mixtention/core';
import { logSumExp } from '@mixtention/core/numeric';

/**
 * Weights as free logits a, π = softmax(a), under a density ∝ Π π_k^(c − 1).
 *
 *     ∂/∂a_k [ Σ_j N_j log π_j + (c − 1) Σ_j log π_j ] = N_k − π_k N + (c − 1)(1 − K π_k)
 *
 * Under c > 1 no weight may be 0, whose density is 0: such a component starts at what the first M-step of EM would give it,
 * `log (c − 1) − log (N + K(c − 1))`.
 */
export function softmaxCoordinates(concentration: number): WeightCoordinates {
  const extra = concentration - 1;
  const to = (logits: Float64Array): Float64Array => {
    const normalizer = logSumExp(logits);
    return logits.map((a) => a - normalizer);
  };
  return {
    from(logWeights, totalWeight) {
      if (!(extra > 0)) return logWeights.slice();
      const least = Math.log(extra) - Math.log(totalWeight + logWeights.length * extra);
      return logWeights.map((l) => (l === Number.NEGATIVE_INFINITY ? least : l));
    },
    to,
    gradient(logits, counts) {
      const total = counts.reduce((sum, n) => sum + n, 0);
      return to(logits).map((l, k) => {
        const weight = Math.exp(l);
        return counts[k]! - weight * total + extra * (1 - counts.length * weight);
      });
    },
  };
}
