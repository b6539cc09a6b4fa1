/** Priors of the mixing weights. */

import type { Weights } from '@mixtention/core';
import type { FactoryTable } from '@mixtention/core/loop';
import { dirichlet } from './dirichlet.ts';
import { dirichletProcess } from './dirichlet-process.ts';
import { pitmanYor } from './pitman-yor.ts';
import { pointWeights } from './point-weights.ts';
import type { StickBreaking } from './stick-breaking.ts';

type StickConfig = Pick<StickBreaking, 'concentration' | 'discount' | 'truncation'>;

/** What makes each prior of weights from its config, by name: what specs and files refer to. */
export const weights: FactoryTable<Weights> = {
  dirichlet: ({ concentration }: { readonly concentration: number }) => dirichlet(concentration),
  'dirichlet-process': ({ concentration, truncation }: StickConfig) => dirichletProcess(concentration, truncation),
  'pitman-yor': ({ concentration, discount, truncation }: StickConfig) =>
    pitmanYor(concentration, discount, truncation),
  point: pointWeights,
};

export type { Dirichlet, DirichletPosterior } from './dirichlet.ts';
export type { StickBreaking, StickPosterior, Truncation } from './stick-breaking.ts';
export { dirichlet, dirichletProcess, pitmanYor, pointWeights };
