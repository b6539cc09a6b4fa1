import { describe, expect, it } from 'vitest';
import type { RandomSource } from '../../contracts/index.ts';
import { chiSquareLimit, chiSquareOf, standardErrors } from '../../testing/statistics.ts';
import { digamma } from '../special/digamma.ts';
import { trigamma } from '../special/trigamma.ts';
import { generator } from './generator.ts';
import { key } from './key.ts';
import { sampleGamma } from './sample-gamma.ts';
import { sampleGumbel } from './sample-gumbel.ts';
import { sampleLogGamma } from './sample-log-gamma.ts';
import { split } from './split.ts';

type Case = { name: string; draw: (random: RandomSource) => number; mean: number; variance: number };

const uniform: Case = { name: 'uniform', draw: (r) => r.uniform(), mean: 1 / 2, variance: 1 / 12 };
const normal: Case = { name: 'normal', draw: (r) => r.normal(), mean: 0, variance: 1 };
const gumbel: Case = { name: 'gumbel', draw: sampleGumbel, mean: -digamma(1), variance: Math.PI ** 2 / 6 };
const gammas = [0.1, 0.5, 0.9, 1, 2.5, 30, 1e4].map(
  (a): Case => ({ name: `gamma(${a})`, draw: (r) => sampleGamma(r, a), mean: a, variance: a }),
);
const logGammas = [1e-8, 0.01, 0.3, 1, 3, 1e4].map(
  (a): Case => ({
    name: `log gamma(${a})`,
    draw: (r) => sampleLogGamma(r, a),
    mean: digamma(a),
    variance: trigamma(a),
  }),
);

const draws = 100_000;

function sample({ name, draw }: Case): Float64Array {
  const random = generator(split(key(20), name));
  return Float64Array.from({ length: draws }, () => draw(random));
}

describe('one number at a time', () => {
  it.each([uniform, normal, gumbel, ...gammas, ...logGammas])('$name has the right mean and variance', (one) => {
    const x = sample(one);
    expect(standardErrors(x, one.mean)).toBeLessThan(4);
    expect(
      standardErrors(
        x.map((v) => (v - one.mean) ** 2),
        one.variance,
      ),
    ).toBeLessThan(4);
  });

  it.each([
    { ...normal, skewness: 0, kurtosis: 3 },
    { ...gammas[0]!, skewness: 2 / Math.sqrt(0.1), kurtosis: 3 + 6 / 0.1 },
    { ...gammas[4]!, skewness: 2 / Math.sqrt(2.5), kurtosis: 3 + 6 / 2.5 },
    { ...gumbel, skewness: 1.1395470994046486, kurtosis: 5.4 },
  ])('$name has the right third and fourth moments', (one) => {
    const scores = sample(one).map((v) => (v - one.mean) / Math.sqrt(one.variance));
    expect(
      standardErrors(
        scores.map((z) => z ** 3),
        one.skewness,
      ),
    ).toBeLessThan(4);
    expect(
      standardErrors(
        scores.map((z) => z ** 4),
        one.kurtosis,
      ),
    ).toBeLessThan(4);
  });

  // Distribution functions in closed form turn draws into uniforms, whose cells must fill evenly.
  it.each([
    { ...uniform, cdf: (x: number) => x },
    { ...gumbel, cdf: (x: number) => Math.exp(-Math.exp(-x)) },
    { ...gammas[3]!, cdf: (x: number) => 1 - Math.exp(-x) },
    { ...logGammas[3]!, cdf: (x: number) => 1 - Math.exp(-Math.exp(x)) },
    { name: 'gamma(2)', draw: (r: RandomSource) => sampleGamma(r, 2), cdf: (x: number) => 1 - (1 + x) * Math.exp(-x) },
    {
      name: 'square of two normals',
      draw: (r: RandomSource) => r.normal() ** 2 + r.normal() ** 2,
      cdf: (x: number) => 1 - Math.exp(-x / 2),
    },
    {
      name: 'ratio of normals',
      draw: (r: RandomSource) => r.normal() / r.normal(),
      cdf: (x: number) => 0.5 + Math.atan(x) / Math.PI,
    },
  ])('$name fills the cells of its distribution function evenly', ({ cdf, ...one }) => {
    const cells = new Float64Array(50);
    for (const x of sample({ mean: 0, variance: 1, ...one })) cells[Math.min(49, Math.floor(50 * cdf(x)))]! += 1;
    expect(chiSquareOf(cells)).toBeLessThan(chiSquareLimit(49));
  });

  it('a log gamma stays finite down to the smallest shape, where the gamma itself is 0', () => {
    const random = generator(key(21));
    for (let i = 0; i < 1000; i++) {
      expect(Number.isFinite(sampleLogGamma(random, 1e-300))).toBe(true);
      expect(sampleGamma(random, 1e-300)).toBe(0);
    }
  });

  it('gamma shapes that are not positive and finite are refused', () => {
    const random = generator(key(0));
    for (const shape of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => sampleGamma(random, shape)).toThrow('a finite number from 1e-300 is due');
    }
  });
});
