import type { Mixture, StepInfo, Tree } from '@mixtention/core';

/** q(weights) q(parameters), as the prior of the weights and that of the family have them. */
export type MixturePosterior = {
  readonly weights: Tree;
  /** Of the parameters of all K components. */
  readonly components: Tree;
};

/** A posterior, the mixture in its middle, and which of the two the next pass scores rows with: a start is a mixture, whose posterior has seen nothing yet. */
export type BayesState = {
  readonly scoredBy: 'mixture' | 'posterior';
  readonly mixture: Mixture;
  readonly posterior: MixturePosterior;
};

/** What the next pass scores rows with. */
export type BayesMessage = Mixture | MixturePosterior;

/** What the bound is the sum of, nats. */
export type BoundTerms = {
  /** E log p(X | Z, parameters) */
  readonly data: number;
  /** E log p(Z | weights) */
  readonly assignments: number;
  /** −E log q(Z) */
  readonly entropy: number;
  /** −KL(q(weights) ‖ p(weights)) */
  readonly weights: number;
  /** −KL(q(parameters) ‖ p(parameters)) */
  readonly components: number;
};

export type BayesInfo = StepInfo & {
  /** In the space of the fit. One that falls beyond rounding ends the fit as `diverged`, whose message names the terms that fell. */
  readonly boundTerms: BoundTerms;
  /** N_k, `[K]`: expected counts under the q(Z) that the bound was measured with. */
  readonly counts: Float64Array;
};
