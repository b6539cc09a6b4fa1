import type { Dataset, Executor, Family, Mixture } from '@mixtention/core';
import type { FitPlan, MixtureConfig, PriorNote } from './types.ts';

/** Everything about a fit that does not change between its starts. */
export type Problem = {
  readonly family: Family;
  readonly data: Dataset;
  readonly executor: Executor;
  readonly config: MixtureConfig;
  /** Start values in the space of the fit, when they were given. */
  readonly given: Mixture | null;
  readonly prior: PriorNote;
  readonly plan: FitPlan;
  /** −Σ w · Σ_d log scale_d: from log-likelihoods of the fit's space to those of user space. */
  readonly shift: number;
};
