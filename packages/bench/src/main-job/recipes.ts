import type { StartMethod } from '@mixtention/mixture/starts';

/** How a mixture of digits is fitted. */
export type Recipe = {
  readonly components: number;
  readonly start: StartMethod;
  readonly restarts: number;
  /** Fewer than convergence takes: the fit ends as `stopped`. */
  readonly maxIterations: number;
};

/**
 * `many` has the K that the job completes digits with, unless it is asked for another.
 *
 * Iterations are those that `npm run bench:iterations` chooses on the validation file of the standard split: test rows have no say.
 */
export const RECIPES: { readonly [size in 'few' | 'many' | 'most']: Recipe } = {
  few: { components: 10, start: 'random', restarts: 3, maxIterations: 14 },
  many: { components: 100, start: 'k-means++', restarts: 1, maxIterations: 16 },
  most: { components: 500, start: 'random', restarts: 1, maxIterations: 12 },
};

/** What is to be said beside the seconds of these fits. */
export const STOPPING = 'stopped after iterations that the validation file of the standard split chose beforehand';
