import type { AlgorithmConformance, ConformanceProblem } from '@mixtention/conformance';
import type { ConjugateFamily, Tree } from '@mixtention/core';
import { meanStatistics } from '@mixtention/core/data';
import { dirichlet } from '@mixtention/mixture';
import { naiveBound } from './testing-bound.ts';
import type { BayesState } from './types.ts';
import { type BayesConfig, stateAround, variationalBayes } from './variational-bayes.ts';

const configOf = ({ family, components, prior, width }: ConformanceProblem): BayesConfig => ({
  family,
  components,
  start: 'k-means++',
  prior: prior ?? weakPrior(family as ConjugateFamily, width),
  weights: dirichlet(prior === null ? 0.5 : 2),
  floor: 1e-6,
});

export const conformance: AlgorithmConformance = {
  name: 'em/variational-bayes',
  factory: variationalBayes,
  families: 'every',
  config: configOf,
  mixtureOf: (state) => (state as BayesState).mixture,
  stateOf: (mixture, config) => stateAround(config as BayesConfig, mixture),
  oracle: (state, x, problem) => naiveBound((state as BayesState).posterior, x, configOf(problem)),
};

/** The weak prior of columns with mean 0 and deviation 1. */
function weakPrior(family: ConjugateFamily, width: number): Tree {
  const data = Float64Array.from({ length: 2 * width }, (_, i) => (i < width ? 1 : -1));
  return family.prior.weak(width, meanStatistics(family.terms(width), { data, rows: 2, cols: width })) as Tree;
}
