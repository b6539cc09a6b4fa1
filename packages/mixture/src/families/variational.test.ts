import type { Matrix, Written } from '@mixtention/core';
import { plain } from '@mixtention/core';
import { totalOf } from '@mixtention/core/base';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { describe, expect, it } from 'vitest';
import { faithful } from '../problems/faithful.ts';
import { kMeansCenters } from '../starts/index.ts';
import { dirichlet } from '../weights/dirichlet.ts';
import { gaussianFull } from './gaussian-full/gaussian-full.ts';
import { expectClose, sumsOf } from './testing.ts';

const prior = gaussianFull.prior;

/** Old Faithful standardised by the population or the sample deviation. */
function standardized(sd: 'population' | 'sample'): Matrix {
  const { center, scale } = columnTransform(faithful(), null);
  const factor = sd === 'sample' ? Math.sqrt(272 / 271) : 1;
  return applyTransform(faithful(), { center, scale: scale.map((s) => s * factor) });
}

/** Coordinate ascent of the bound (models of the free-form kind), from k-means labels; the bound is measured after every E-step. */
function ascend(
  x: Matrix,
  K: number,
  { alpha, beta, steps, seed }: { alpha: number; beta: number; steps: number; seed: number },
): { bounds: number[]; alphas: Float64Array; posterior: ReturnType<typeof prior.posterior> } {
  const normalWishart = {
    mean: Float64Array.of(0, 0),
    shrinkage: beta,
    degrees: 2,
    inverseScale: Float64Array.of(1, 0, 0, 1),
  };
  const { labels } = kMeansCenters(x, K, generator(key(seed)));
  const oneHot = Float64Array.from({ length: x.rows * K }, (_, i) => (labels[Math.floor(i / K)] === i % K ? 1 : 0));
  let statistics: Pick<Written, 'counts' | 'sums'> = sumsOf(gaussianFull, x, oneHot);
  const weights = dirichlet(alpha);
  const bounds: number[] = [];
  for (let step = 0; ; step++) {
    const posterior = prior.posterior(normalWishart, statistics.counts, statistics.sums);
    const alphas = weights.posterior(statistics.counts);
    const scores = prior.expectedScores(posterior, weights.expectedLogWeights(alphas));
    const written = plain.write([plain.take({ ...x, stride: 2 })], scores);
    bounds.push(written.logEvidence - weights.divergence(alphas) - totalOf(prior.divergence(posterior, normalWishart)));
    if (step === steps) return { bounds, alphas, posterior };
    statistics = written;
  }
}

describe('variational Bayes on Old Faithful reaches the known bounds', () => {
  it('one component: −560.6846287586, the exact evidence', () => {
    expect(ascend(standardized('sample'), 1, { alpha: 1, beta: 1, steps: 1, seed: 0 }).bounds.at(-1)).toBeCloseTo(
      -560.6846287586,
      9,
    );
  });

  it('two components: −435.0934276803 with α 175.86035, 98.13965', () => {
    const { bounds, alphas } = ascend(standardized('sample'), 2, { alpha: 1, beta: 1, steps: 200, seed: 0 });
    expect(bounds.at(-1)).toBeCloseTo(-435.0934276803, 8);
    expectClose(alphas.slice().sort(), [98.13965, 175.86035], 1e-6);
  });

  it('six components under α = 0.001: four die, and the bound is −442.3439757552', () => {
    const { bounds, alphas, posterior } = ascend(standardized('sample'), 6, {
      alpha: 1e-3,
      beta: 1,
      steps: 2000,
      seed: 1,
    });
    expect(bounds.at(-1)).toBeCloseTo(-442.3439757552, 7);
    expectClose(alphas.slice().sort(), [1e-3, 1e-3, 1e-3, 1e-3, 97.13943, 174.86257], 1e-6);
    const largest = alphas.indexOf(Math.max(...alphas));
    expectClose(posterior.means.slice(2 * largest, 2 * largest + 2), [0.70074943, 0.66546127], 1e-7);
    const covariance = posterior.inverseScales
      .slice(4 * largest, 4 * largest + 4)
      .map((s) => s / posterior.degrees[largest]!);
    expectClose(covariance, [0.13521191, 0.06039971, 0.06039971, 0.19916403], 1e-7);
  });

  it('population deviation, six components, β = 0.1: −435.19919349', () => {
    const { bounds } = ascend(standardized('population'), 6, { alpha: 1e-3, beta: 0.1, steps: 2000, seed: 1 });
    expect(bounds.at(-1)).toBeCloseTo(-435.19919349, 7);
  });

  it('population deviation, α = 10: all six stay, at −479.83042799', () => {
    const { bounds, alphas } = ascend(standardized('population'), 6, { alpha: 10, beta: 0.1, steps: 3000, seed: 2 });
    expect(bounds.at(-1)).toBeCloseTo(-479.83042799, 6);
    expect(Math.min(...alphas) - 10).toBeGreaterThan(0.5);
  });

  it('never lowers the bound', () => {
    const { bounds } = ascend(standardized('sample'), 6, { alpha: 1, beta: 1, steps: 300, seed: 3 });
    for (let i = 1; i < bounds.length; i++) expect(bounds[i]! - bounds[i - 1]!).toBeGreaterThan(-1e-9);
  });
});
