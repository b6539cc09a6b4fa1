import type { AlgorithmConformance } from '@mixtention/conformance';
import { key } from '@mixtention/core/numeric';
import { dirichlet, pointWeights } from '@mixtention/mixture';
import { firstState, gradientMixture, readMixture } from './gradient-mixture.ts';
import type { GradientMixtureConfig, GradientMixtureState } from './types.ts';

export const conformance: AlgorithmConformance = {
  name: 'svi/gradient-mixture',
  factory: gradientMixture,
  families: ['bernoulli', 'gaussian-diagonal', 'gaussian-full', 'gaussian-spherical', 'gaussian-tied'],
  config: ({ family, components, prior, rows }): GradientMixtureConfig => ({
    family,
    components,
    start: 'k-means++',
    prior,
    weights: prior === null ? pointWeights() : dirichlet(2),
    floor: 1e-6,
    optimizer: 'adam',
    learningRate: 0.1,
    batches: 1,
    rows,
    totalWeight: rows,
    tolerance: 1e-8,
    window: 50,
  }),
  mixtureOf: (state, config) => readMixture(config as GradientMixtureConfig, state as GradientMixtureState),
  stateOf: (mixture, config) => firstState(config as GradientMixtureConfig, mixture, key(0)),
};
