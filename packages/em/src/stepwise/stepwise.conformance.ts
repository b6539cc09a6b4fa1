import type { AlgorithmConformance } from '@mixtention/conformance';
import type { Mixture } from '@mixtention/core';
import { dirichlet, pointWeights } from '@mixtention/mixture';
import { batch } from '../batch/batch.ts';
import { type StepwiseConfig, type StepwiseState, stepwise } from './stepwise.ts';

export const conformance: AlgorithmConformance = {
  name: 'em/stepwise',
  factory: stepwise,
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
    forgetting: 0.6,
    delay: 1,
    tolerance: 1e-8,
  }),
  mixtureOf: (state) => (state as StepwiseState).mean as unknown as Mixture,
  stateOf: (mixture, config) => stepwise(config as StepwiseConfig).around(mixture, { seed: 1, path: [] }),
  skips: [
    { test: 'shard-invariant', reason: 'a step looks at the parts of shards' },
    { test: 'order-invariant', reason: 'rows are dealt out to minibatches by their places' },
    { test: 'row-weights', reason: 'rows are dealt out to minibatches by their places' },
    { test: 'oracle', reason: 'what minibatches add up is an estimate; its mean is tested beside the algorithm' },
  ],
};
