import type { Weights } from '@mixtention/core';
import { selectCounts } from './select-counts.ts';
import { softmaxCoordinates } from './softmax-coordinates.ts';
import { weightsSpec } from './weights-spec.ts';

/**
 * Weights without a prior: a point, set by maximum likelihood. Under variational Bayes, where it is the bound that the point is highest on,
 * this is known as type-II maximum likelihood, and prunes components.
 *
 *     π_k = N_k / N
 *
 * The posterior is the counts N_k themselves; nothing is paid for it (density 1, divergence 0), and its evidence is `Σ N_k log π_k`.
 *
 * Source: Corduneanu & Bishop (2001), Variational Bayesian model selection for mixture distributions, sec. 2.
 *
 * @example
 * pointWeights().mode(Float64Array.of(30, 10)); // [−0.2877, −1.3863]: log 0.75 and log 0.25
 */
export function pointWeights(): Weights<Float64Array> {
  return point;
}

const point: Weights<Float64Array> = {
  spec: weightsSpec('point', null),
  exchangeable: true,
  bounded: true,
  describe: () => null,
  mode: shares,
  logDensity: () => 0,
  posterior: (counts) => counts.slice(),
  expectedLogWeights: shares,
  expectedWeights: (counts) => ({ weights: shares(counts).map(Math.exp), rest: 0 }),
  divergence: () => 0,
  // 0 · log 0 is 0.
  evidence: (counts) => shares(counts).reduce((sum, l, k) => (counts[k]! > 0 ? sum + counts[k]! * l : sum), 0),
  sample: shares,
  select: selectCounts,
  coordinates: softmaxCoordinates(1),
  freeParameters: (components) => components - 1,
};

/** log N_k/N; equal where nobody owns anything. */
function shares(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (!(total > 0)) return new Float64Array(counts.length).fill(-Math.log(counts.length));
  return counts.map((n) => Math.log(n) - Math.log(total));
}
