import type { Weights } from '@mixtention/core';

/** Components in decreasing order of what they own, and what the evidence of the weights is before and after. */
export type Reordering = { readonly order: readonly number[]; readonly before: number; readonly after: number };

/**
 * Another order of the components that raises the bound, under weights to which the order matters; null where there is none to propose, or it is not better.
 *
 * All else in the bound is the same for every order, given the counts; so the evidence of the counts tells. Under a closed truncation decreasing counts may lose.
 */
export function betterOrder(weights: Weights, counts: Float64Array): Reordering | null {
  if (weights.exchangeable) return null;
  const order = Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  if (order.every((old, k) => old === k)) return null;
  const [before, after] = [counts, Float64Array.from(order, (old) => counts[old]!)].map((own) =>
    weights.evidence(weights.posterior(own)),
  ) as [number, number];
  return after > before ? { order, before, after } : null;
}
