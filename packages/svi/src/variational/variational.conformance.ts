import type { AlgorithmConformance } from '@mixtention/conformance';
import { sumsLength, triangleSize } from '@mixtention/core/kernel';
import { key, split } from '@mixtention/core/numeric';
import { dirichlet, gaussianFull } from '@mixtention/mixture';
import { discreteBound } from './discrete-bound.ts';
import { expectedMixture } from './expected-mixture.ts';
import { assignExactly } from './testing-guide.ts';
import type { VariationalConfig, VariationalState } from './types.ts';
import { guideState, priorOf, variational } from './variational.ts';

export const conformance: AlgorithmConformance = {
  name: 'svi/variational',
  factory: variational,
  families: ['gaussian-full'],
  backends: ['tfjs-node', 'tfjs-wasm'],
  steps: 100,
  config: ({ components, prior, rows, width }): VariationalConfig => ({
    family: gaussianFull,
    components,
    start: 'k-means++',
    prior: prior ?? weakPrior(width),
    weights: dirichlet(prior === null ? 1 : 2),
    floor: 1e-6,
    rows,
    assignments: 'exact',
    temperature: 1,
    draws: 4,
    estimator: 'path',
    learningRate: 0.1,
    batches: 1,
    tolerance: 1e-8,
    window: 50,
  }),
  mixtureOf: (state) => expectedMixture((state as VariationalState).guide),
  stateOf: (mixture, config) => guideState(config as VariationalConfig, mixture, key(0)),
  oracle: (state, x, problem) => {
    const { guide, key: own, step } = state as VariationalState;
    const weights = dirichlet(problem.prior === null ? 1 : 2);
    const prior = priorOf({ prior: problem.prior ?? weakPrior(x.cols), weights });
    return discreteBound({ guide, assigned: assignExactly(guide, x), prior }, split(own, 'bound', step), 16).mean;
  },
  skips: [
    {
      test: 'relabel-equivariant',
      reason:
        'the last weight is the one that others are measured against, and noise belongs to places, not components',
    },
  ],
};

/** The weak prior of columns with mean 0 and deviation 1. */
function weakPrior(width: number): ReturnType<typeof gaussianFull.prior.weak> {
  const mean = new Float64Array(sumsLength('each', width, 1));
  for (let d = 0; d < width; d++) mean[width + triangleSize(d) + d] = 1;
  return gaussianFull.prior.weak(width, [mean]);
}
