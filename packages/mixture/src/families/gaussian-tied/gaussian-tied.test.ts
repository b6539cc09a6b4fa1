import type { Matrix } from '@mixtention/core';
import { totalOf } from '@mixtention/core/base';
import { generator, key } from '@mixtention/core/numeric';
import { describe, expect, it } from 'vitest';
import { gaussianFull } from '../gaussian-full/gaussian-full.ts';
import { checkAgainstScipy, expectClose, sumsOf } from '../testing.ts';
import fixture from './gaussian-tied.fixture.json' with { type: 'json' };
import { gaussianTied } from './gaussian-tied.ts';

checkAgainstScipy(gaussianTied, fixture);

const random = generator(key(5));
const x: Matrix = { data: Float64Array.from({ length: 60 }, () => random.normal()), rows: 20, cols: 3 };
const r = Float64Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? random.uniform() : 0));
for (let n = 0; n < 20; n++) r[2 * n + 1] = 1 - r[2 * n]!;
const blank = { width: 3, means: new Float64Array(6), covariance: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) };

describe('gaussian-tied', () => {
  it('has after one M-step the N_k-weighted mean of the full covariances, to 1e-10', () => {
    const { counts, sums } = sumsOf(gaussianTied, x, r);
    const full = gaussianFull.estimate(
      counts,
      sumsOf(gaussianFull, x, r).sums,
      { width: 3, means: new Float64Array(6), covariances: new Float64Array(18) },
      1e-6,
    );
    const tied = gaussianTied.estimate(counts, sums, blank, 1e-6);
    const share = counts[0]! / 20;
    const mean = Array.from(
      { length: 9 },
      (_, i) => share * full.params.covariances[i]! + (1 - share) * full.params.covariances[9 + i]!,
    );
    expectClose(tied.params.covariance, mean, 1e-10);
    expectClose(tied.params.means, full.params.means, 1e-15);
  });

  it('with one component has the posterior, mode and divergence of gaussian-full', () => {
    const { counts, sums } = sumsOf(gaussianTied, x, new Float64Array(20).fill(1));
    const prior = { mean: Float64Array.of(0.1, 0, -0.3), shrinkage: 0.5, degrees: 4, inverseScale: blank.covariance };
    const [tied, full] = [
      gaussianTied.prior.posterior(prior, counts, sums),
      gaussianFull.prior.posterior(prior, counts, sumsOf(gaussianFull, x, new Float64Array(20).fill(1)).sums),
    ];
    expectClose(tied.inverseScale, full.inverseScales, 1e-14);
    expectClose(gaussianTied.prior.mode(tied).covariance, gaussianFull.prior.mode(full).covariances, 1e-14);
    expect(totalOf(gaussianTied.prior.divergence(tied, prior))).toBeCloseTo(
      totalOf(gaussianFull.prior.divergence(full, prior)),
      12,
    );
  });

  it('lists only the empty component, and every component at the floor', () => {
    const { counts, sums } = sumsOf(
      gaussianTied,
      x,
      Float64Array.from({ length: 40 }, (_, i) => 1 - (i % 2)),
    );
    expect(gaussianTied.estimate(counts, sums, blank, 1e-6).degenerate).toEqual([1]);
    const flat: Matrix = { data: new Float64Array(6).fill(2), rows: 2, cols: 3 };
    const same = sumsOf(gaussianTied, flat, Float64Array.of(1, 0, 0, 1));
    const { params, degenerate } = gaussianTied.estimate(same.counts, same.sums, blank, 1e-6);
    expect(degenerate).toEqual([0, 1]);
    expectClose(
      params.covariance,
      blank.covariance.map((c) => c * 1e-6),
      1e-18,
    );
  });

  it('keeps everything when nobody owns anything', () => {
    const { params, degenerate } = gaussianTied.estimate(new Float64Array(2), [new Float64Array(12)], blank, 1e-6);
    expect(params).toEqual(blank);
    expect(degenerate).toEqual([0, 1]);
  });

  it('takes the mean of unlike described covariances', () => {
    const means = { data: Float64Array.of(0, 1), rows: 2, cols: 1 };
    const covariances = [2, 4].map((v) => ({ data: Float64Array.of(v), rows: 1, cols: 1 }));
    expect([...gaussianTied.fromDescription({ means, covariances }).covariance]).toEqual([3]);
  });
});
