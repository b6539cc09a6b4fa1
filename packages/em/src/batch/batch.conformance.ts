import type { AlgorithmConformance } from '@mixtention/conformance';
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
    floor: 1e-6,
  }),
};
