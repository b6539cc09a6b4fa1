import type { AlgorithmConformance } from '@mixtention/conformance';
import { dirichlet, pointWeights } from '@mixtention/mixture';
import { batch } from './batch.ts';

export const conformance: AlgorithmConformance = {
  name: 'em/batch',
  factory: batch,
  families: 'every',
  config: ({ family, components, prior }) => ({
    family,
    components,
    start: 'k-means++',
    prior,
    weights: prior === null ? pointWeights() : dirichlet(2),
    floor: 1e-6,
  }),
};
