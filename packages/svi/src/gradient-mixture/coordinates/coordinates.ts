import type { Tree } from '@mixtention/core';
import type { Arrays } from '@mixtention/core/optimize';

/** What a pass over the data tells: `counts` N_k `[K]` and `sums` Σ r T(x), one array a term, the gradients of Σ log evidence by bias and natural parameters. */
export type Sums = { readonly counts: Float64Array; readonly sums: readonly Float64Array[] };

/**
 * A family in coordinates that are free to take any value, so that a gradient step cannot leave its parameter space.
 * A plain object of pure functions, for the parameters of one family and its conjugate prior.
 */
export type Coordinates = {
  /** Coordinates of given parameters. */
  from(params: Tree): Arrays;
  /** Parameters at given coordinates. */
  to(coordinates: Arrays, components: number): Tree;
  /** Gradient of Σ log evidence, plus that of the log prior density where there is one (in the parameterisation of the family's prior). */
  gradient(coordinates: Arrays, written: Sums, prior: Tree | null): Arrays;
  /** The nearest coordinates whose variances are not below the floor, and the components that had to be moved. */
  bound(
    coordinates: Arrays,
    components: number,
    floor: number,
  ): { readonly coordinates: Arrays; readonly degenerate: readonly number[] };
};
