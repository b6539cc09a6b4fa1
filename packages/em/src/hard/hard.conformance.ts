import type { AlgorithmConformance } from '@mixtention/core/conformance';
import { hard } from './hard.ts';

export const conformance: AlgorithmConformance = {
  name: 'em/hard',
  factory: hard,
  families: 'every',
  config: ({ family, components, prior }) => ({
    family: family.name,
    components,
    start: 'k-means++',
    prior,
    floor: 1e-6,
  }),
};
