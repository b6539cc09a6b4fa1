import type { Matrix, Scores, WhitenedTerm } from '@mixtention/core';
import { outgrowsFloat32, pivotsOf, precisionOf, termSizes } from '@mixtention/core/kernel';
import { expect, it } from 'vitest';
import { simpleFamilies } from './index.ts';

const covariance = (...data: number[]): Matrix => ({ data: Float64Array.from(data), rows: 2, cols: 2 });

/** One component at (distance, 0) with a covariance. */
function scoresOf(family: string, distance: number, sigma: Matrix): Scores {
  const { fromDescription, scores } = simpleFamilies[`gaussian-${family}`]!;
  const means = { data: Float64Array.of(distance, 0), rows: 1, cols: 2 };
  return scores(fromDescription({ means, covariances: [sigma] }), Float64Array.of(0));
}

it('terms are as large as the square of the distance from 0 in deviations, or under whitened scores as the distance', () => {
  const unit = covariance(0.01, 0, 0, 0.01); // 30 is 300 deviations, and its log determinant is a few nats
  for (const family of ['diagonal', 'spherical'])
    expect(termSizes(scoresOf(family, 30, unit))[0]! / 45_000).toBeCloseTo(1, 3);
  for (const family of ['full', 'tied']) expect(termSizes(scoresOf(family, 30, unit))[0]! / 300).toBeCloseTo(1, 1);
});

it.each([
  ['diagonal', 40, 60],
  ['spherical', 60, 80],
  ['full', 9e3, 1.1e4],
  ['tied', 9e3, 1.1e4],
] as const)('%s components need float64 beyond %d to %d deviations from 0', (family, near, far) => {
  const unit = covariance(1, 0, 0, 1);
  expect(precisionOf(scoresOf(family, near, unit))).toBe('float32');
  expect(precisionOf(scoresOf(family, far, unit))).toBe('float64');
});

it.each(['full', 'tied'])(
  '%s covariances need float64 where columns are nearly collinear, whatever their scales',
  (family) => {
    const pair = (share: number, scale: number): Matrix =>
      covariance(1, scale, scale, scale * scale * (1 + share * share));
    for (const scale of [1e-3, 1, 1e3]) {
      expect(precisionOf(scoresOf(family, 0, pair(0.05, scale)))).toBe('float32');
      expect(precisionOf(scoresOf(family, 0, pair(0.005, scale)))).toBe('float64');
    }
  },
);

it('scores that are no numbers need float64, those that say what they need get it, and a component of weight 0 needs nothing', () => {
  const scores = scoresOf('full', 0, covariance(1, 0, 0, 1));
  expect(precisionOf({ ...scores, bias: Float64Array.of(Number.NaN) })).toBe('float64');
  const content = scores.terms.map((term) => ({ ...term, precision: 'float32' as const }));
  expect(precisionOf({ ...scores, bias: Float64Array.of(1e6), terms: content })).toBe('float32');
  const far = scoresOf('full', 1e6, covariance(1, 0, 0, 1));
  expect(precisionOf({ ...far, bias: Float64Array.of(Number.NEGATIVE_INFINITY) })).toBe('float32');
});

it('pivots are the means of components far from 0, and moments about them outgrow float32 where a component has moved away', () => {
  const sigma = covariance(1, 0.5, 0.5, 2);
  const [near, far, farther] = [20, 5000, 8000].map((distance) => scoresOf('full', distance, sigma));
  const whitened = (scores: Scores | undefined) => scores!.terms[0] as WhitenedTerm;
  expect(pivotsOf(whitened(near), 1)).toBe(null);
  const pivots = pivotsOf(whitened(far), 1)!;
  expect(pivots[0]).toBeCloseTo(5000, 9);
  expect(pivots[1]).toBeCloseTo(0, 9);
  expect(outgrowsFloat32(far!, far!)).toBe(false);
  expect(outgrowsFloat32(near!, far!)).toBe(true);
  expect(outgrowsFloat32(far!, farther!)).toBe(true);
});
