import type { Tree } from './data.ts';

/** Parameters of a mixture in the space of the fit: what every state of a fit holds or maps to. */
export type Mixture = { readonly logWeights: Float64Array; readonly params: Tree };

/** Prior in the space of the fit, as plain data. */
export type Prior = { readonly family: Tree; readonly concentration: number };
