/** Priors of the mixing weights. */

import type { Weights } from '@mixtention/core';
import type { FactoryTable } from '@mixtention/core/loop';
import { dirichlet } from './dirichlet.ts';
import { pointWeights } from './point-weights.ts';

/** What makes each prior of weights from its config, by name: what specs and files refer to. */
export const weights: FactoryTable<Weights> = {
  dirichlet: ({ concentration }: { readonly concentration: number }) => dirichlet(concentration),
  point: pointWeights,
};

export type { Dirichlet, DirichletPosterior } from './dirichlet.ts';
export { dirichlet, pointWeights };
