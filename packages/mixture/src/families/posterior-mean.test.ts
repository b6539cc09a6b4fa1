import type { Matrix } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { standardErrors } from '@mixtention/core/testing';
import { expect, it } from 'vitest';
import { bernoulli, gaussian } from './index.ts';
import { expectClose, meanStatisticsOf, scoresOf, sumsOf } from './testing.ts';

const K = 2;
const random = generator(key(4));
const zeros = new Float64Array(K);
const x: Matrix = { data: Float64Array.from({ length: 27 }, () => random.normal()), rows: 9, cols: 3 };
const R = Float64Array.from({ length: x.rows * K }, (_, i) => ((i % K === 0) === (i / K) % 3 < 1 ? 0.9 : 0.1));

it.each(['full', 'tied', 'diagonal', 'spherical'] as const)(
  'under the mean precision of %s Gaussians rows score as they are expected to, but for a constant of each component',
  (shape) => {
    const family = gaussian(shape);
    const { counts, sums } = sumsOf(family, x, R);
    const posterior = family.prior.posterior(family.prior.weak(3, meanStatisticsOf(family, x)), counts, sums);
    const expected = scoresOf(x, family.prior.expectedScores(posterior, zeros)).data;
    const plain = scoresOf(x, family.scores(family.prior.mean(posterior), zeros)).data;
    const gaps = expected.map((l, i) => l - plain[i]!);
    expectClose(
      gaps,
      gaps.map((_, i) => gaps[i % K]!),
      1e-12,
    );
  },
);

it('mean probabilities are those of draws, to 4 standard errors', () => {
  const bits: Matrix = { ...x, data: x.data.map((v) => Number(v > 0)) };
  const { counts, sums } = sumsOf(bernoulli, bits, R);
  const posterior = bernoulli.prior!.posterior({ a: 0.5, b: 2 }, counts, sums);
  const draws = Array.from({ length: 4000 }, () => bernoulli.prior!.sample(posterior, random).probabilities);
  bernoulli.prior!.mean(posterior).probabilities.forEach((due, i) => {
    const own = draws.map((d) => d[i]!);
    expect(standardErrors(own, due)).toBeLessThan(4);
  });
});
