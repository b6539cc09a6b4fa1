import type { Tree } from './data.ts';

/** Parameters of a mixture in the space of the fit: what every state of a fit holds or maps to. */
export type Mixture = { readonly logWeights: Float64Array; readonly params: Tree };
