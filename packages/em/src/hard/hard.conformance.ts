import { type AlgorithmConformance, type ConformanceProblem, readRows } from '@mixtention/conformance';
import type { Matrix } from '@mixtention/core';
import { logBaseOf } from '@mixtention/core/kernel';
import { dirichlet, pointWeights } from '@mixtention/mixture';
import { type HardState, hard } from './hard.ts';

export const conformance: AlgorithmConformance = {
  name: 'em/hard',
  factory: hard,
  families: 'every',
  config: ({ family, components, prior }) => ({
    family,
    components,
    start: 'k-means++',
    prior,
    weights: prior === null ? pointWeights() : dirichlet(2),
    floor: 1e-6,
  }),
  oracle: (state, x, problem) => classificationLikelihood(state as HardState, x, problem),
};

/** Σ maxₖ log π_k p(xₙ | θ_k), pair by pair. */
function classificationLikelihood(
  { params, logWeights }: HardState,
  x: Matrix,
  { family }: ConformanceProblem,
): number {
  const { scores } = readRows(family, x, family.scores(params, logWeights));
  const base = logBaseOf(family.terms(x.cols), x);
  let total = 0;
  for (let n = 0; n < x.rows; n++) {
    total += Math.max(...scores.data.subarray(n * scores.cols, (n + 1) * scores.cols)) + (base?.[n] ?? 0);
  }
  return total;
}
