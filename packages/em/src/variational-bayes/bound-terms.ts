import type { ConjugateFamily, Scores, Tree, Weights } from '@mixtention/core';
import { totalOf } from '@mixtention/core/base';
import { expectedScore } from '@mixtention/core/kernel';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import type { BoundTerms, MixturePosterior } from './types.ts';

/** What a bound is of. */
export type BoundOf = { readonly family: ConjugateFamily; readonly prior: Tree; readonly weights: Weights };

/**
 * The terms of the evidence lower bound at a posterior, and the responsibilities that follow from it.
 *
 *     Σ_n log Σ_k exp L_nk = Σ r_nk L_nk + H(r),   L_nk = E log p(x_n | θ_k) + E log π_k
 *
 * So the kernel's evidence is the first three terms together; the data's is what the other two leave.
 *
 * @param scores  the expected scores of that posterior
 * @param stats   of a pass under them
 *
 * Source: Bishop (2006), eq. 10.70–10.77, the last four in two divergences.
 */
export function boundTerms(
  { family, prior, weights }: BoundOf,
  posterior: MixturePosterior,
  scores: Scores,
  { counts, sums, logEvidence, logBase, orphans }: MixtureStats,
): BoundTerms {
  const expected = weights.expectedLogWeights(posterior.weights);
  // 0 · log 0 is 0: what is switched off owns nothing.
  const assignments = counts.reduce((sum, n, k) => (n > 0 ? sum + n * expected[k]! : sum), 0);
  // No row looks at its responsibilities for it: sums tell E log p(X, Z).
  const entropy = logEvidence - logBase - expectedScore(scores, counts, sums);
  return {
    data: (orphans > 0 ? Number.NEGATIVE_INFINITY : logEvidence) - assignments - entropy,
    assignments,
    entropy,
    weights: 0 - weights.divergence(posterior.weights),
    components: 0 - totalOf(family.prior.divergence(posterior.components, prior)),
  };
}

/** The bound itself. */
export function sumTerms({ data, assignments, entropy, weights, components }: BoundTerms): number {
  return data + assignments + entropy + weights + components;
}
