import type { AlgorithmConformance } from '@mixtention/conformance';
import type { Mixture } from '@mixtention/core';
import { dirichlet, pointWeights } from '@mixtention/mixture';
import { batch } from '../batch/batch.ts';
import { type MovesConfig, type MovesState, movesOf } from './moves.ts';

export const conformance: AlgorithmConformance = {
  name: 'em/moves',
  factory: movesOf,
  families: 'every',
  config: ({ family, components, prior, rows, width }): MovesConfig => {
    const weights = prior === null ? pointWeights() : dirichlet(2);
    return {
      algorithm: batch({ family, components, start: 'k-means++', prior, weights, floor: 1e-6 }),
      dealt: null,
      moves: ['split-merge'],
      criterion: 'objective',
      family,
      weights,
      width,
      totalWeight: rows,
      shift: 0,
    };
  },
  mixtureOf: (state) => (state as MovesState).driven as unknown as Mixture,
  stateOf: (mixture, config) => {
    const { means } = (config as MovesConfig).family.describe(mixture.params);
    return movesOf(config as MovesConfig).around(mixture, { seed: 1, path: [] }, means);
  },
  skips: [
    { test: 'shape-stable', reason: 'the state holds proposals and what came of them' },
    { test: 'objective', reason: 'a climb that proposals follow is not compared, lest it be taken for the end' },
  ],
};
