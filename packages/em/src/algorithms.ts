import type { AlgorithmTable } from '@mixtention/core/loop';
import { batch } from './batch/batch.ts';
import { hard } from './hard/hard.ts';
import { kMeansSteps } from './k-means/k-means.ts';
import { memoized } from './memoized/memoized.ts';
import { movesOf } from './moves/moves.ts';
import { stepwise } from './stepwise/stepwise.ts';
import { variationalBayes } from './variational-bayes/variational-bayes.ts';

/** The algorithms of this package by name: where workers look up what a spec names. */
export const algorithms: AlgorithmTable = {
  'em/batch': batch,
  'em/hard': hard,
  'em/k-means': kMeansSteps,
  'em/memoized': memoized,
  'em/moves': movesOf,
  'em/stepwise': stepwise,
  'em/variational-bayes': variationalBayes,
};
