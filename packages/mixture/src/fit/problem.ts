import type { Dataset, Mixture, Tree } from '@mixtention/core';
import type { FitMethod, FitPlan, MixtureConfig, PriorNote } from './types.ts';

/** What is particular to a mixture in a problem that is posed. */
export type Problem<Result> = {
  readonly data: Dataset;
  readonly config: MixtureConfig;
  /** Start values in the space of the fit, when they were given. */
  readonly given: Mixture | null;
  readonly prior: PriorNote;
  readonly plan: FitPlan<Result>;
  /** −Σ w · Σ_d log scale_d: from log-likelihoods of the fit's space to those of user space. */
  readonly shift: number;
  readonly infers: NonNullable<FitMethod['infers']>;
};

/** The mixture that a state holds. */
export function mixtureOf(plan: FitPlan<unknown>, state: Tree): Mixture {
  return plan.mixtureOf === undefined ? (state as unknown as Mixture) : plan.mixtureOf(state);
}
