import type { RandomSource, Tree } from './data.ts';
import type { Spec } from './spec.ts';

/**
 * What the mixing weights π `[K]` are taken to come from: a prior, or nothing but the data.
 *
 * A plain object of pure functions, made by a factory from plain config. Counts are N_k `[K]`, soft or not; weights travel as logarithms, in
 * which −∞ switches a component off. `Posterior` is plain data about all K components.
 */
// biome-ignore lint/suspicious/noExplicitAny: a collection of priors of unlike posteriors needs a common supertype
export interface Weights<Posterior extends Tree = any> {
  readonly spec: Spec;
  /** Whether all orders of the components are alike to it; only then may reports reorder them. */
  readonly exchangeable: boolean;
  /** Whether its density is bounded, so that it has a mode: what MAP needs. */
  readonly bounded: boolean;
  /** In words, with its numbers, as "Dirichlet(2, …) on the weights"; null where there is nothing to say. */
  describe(): string | null;
  /** Where `Σ N_k log π_k + log p(π)` is highest: the M-step. Equal weights where nobody owns anything. */
  mode(counts: Float64Array): Float64Array;
  /** log p(π), nats, every constant included. */
  logDensity(logWeights: Float64Array): number;
  posterior(counts: Float64Array): Posterior;
  /** E log π_k `[K]`: what variational Bayes scores with. */
  expectedLogWeights(posterior: Posterior): Float64Array;
  /** E π_k `[K]`, and what is left for components that are not there yet. */
  expectedWeights(posterior: Posterior): { readonly weights: Float64Array; readonly rest: number };
  /** KL(posterior ‖ prior), nats. */
  divergence(posterior: Posterior): number;
  /** log ∫ Π π_k^N_k p(π) dπ, the log evidence of the counts: `Σ N_k E log π_k − divergence`. */
  evidence(posterior: Posterior): number;
  /** log π `[K]`, a draw. */
  sample(posterior: Posterior, random: RandomSource): Float64Array;
  /** What the posterior is once component k is the old one `order[k]`; some may be left out, or come twice with half the count each. */
  select(posterior: Posterior, order: readonly number[]): Posterior;
  /** Weights as free numbers, to be trained by gradients. */
  readonly coordinates?: WeightCoordinates;
  /** Free numbers among K weights. */
  freeParameters(components: number): number;
}

/** Weights as free numbers, to be trained by gradients. */
export interface WeightCoordinates {
  /** `totalWeight` is Σ w of the rows: it tells where a weight of 0, which no gradient moves, may start. */
  from(logWeights: Float64Array, totalWeight: number): Float64Array;
  to(free: Float64Array): Float64Array;
  /** Gradient of `Σ N_k log π_k + log p(π)`, where counts are responsibilities added up. */
  gradient(free: Float64Array, counts: Float64Array): Float64Array;
}
