import type { Density, Transform, Tree } from '@mixtention/core';

/** What a mixture is made of; all in user space. */
export type MixtureParts = {
  /** A family, or the posterior predictive of one. */
  readonly family: Density;
  /** log π, `[K]`; −∞ switches a component off */
  readonly logWeights: Float64Array;
  /** Parameters of all K components, in user space. */
  readonly params: Tree;
  /** The space in which rows are scored: that of the fit. Derived from the mixture itself when left out. */
  readonly transform?: Transform;
  /** Names of the columns `[D]`, where they are known; rows that name theirs are then taken by name. */
  readonly columns?: readonly string[] | null | undefined;
};
