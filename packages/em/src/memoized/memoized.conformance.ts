import type { AlgorithmConformance } from '@mixtention/conformance';
import type { Mixture } from '@mixtention/core';
import { dirichlet, pointWeights } from '@mixtention/mixture';
import { batch } from '../batch/batch.ts';
import { type MemoizedConfig, type MemoizedState, memoized } from './memoized.ts';

export const conformance: AlgorithmConformance = {
  name: 'em/memoized',
  factory: memoized,
  families: 'every',
  config: ({ family, components, prior }) => ({
    algorithm: batch({
      family,
      components,
      start: 'k-means++',
      prior,
      weights: prior === null ? pointWeights() : dirichlet(2),
      floor: 1e-6,
    }),
    batches: 3,
    byShard: false,
  }),
  mixtureOf: (state) => (state as MemoizedState).inner as unknown as Mixture,
  stateOf: (mixture, config) => memoized(config as MemoizedConfig).around(mixture),
  skips: [
    { test: 'shard-invariant', reason: 'a step looks at the parts of shards' },
    { test: 'order-invariant', reason: 'rows are dealt out to minibatches by their places' },
    { test: 'row-weights', reason: 'rows are dealt out to minibatches by their places' },
  ],
};
