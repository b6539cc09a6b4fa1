import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { psis } from './psis.ts';

const normals = (n: number): Float64Array => {
  const random = generator(key(4));
  return Float64Array.from({ length: n }, () => random.normal());
};

test.each([
  ['a target of twice the variance: k = 1/2 in closed form', (x: number) => x ** 2 / 4, 0.5],
  ['a target of four times the variance: k = 3/4', (x: number) => (3 / 8) * x ** 2, 0.75],
])('%s', (_, logRatio, k) => {
  // The tail of a normal ratio is a power law only in the limit, and k̂ comes from below.
  expect(Math.abs(psis(normals(200_000).map(logRatio)).paretoK - k)).toBeLessThan(0.08);
});

test('weights sum to 1 and mend the moments of a proposal that is too narrow', () => {
  const x = normals(50_000);
  const { logWeights } = psis(x.map((v) => v ** 2 / 4 - 0.5 * Math.log(2)));
  const weights = logWeights.map(Math.exp);
  expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  expect(weights.reduce((total, w, i) => total + w * x[i]! ** 2, 0)).toBeGreaterThan(1.7);
});

test('a target narrower than the proposal has a short tail', () => {
  expect(psis(normals(5000).map((x) => -(x ** 2))).paretoK).toBeLessThan(0.2);
});

test('equal ratios are perfect, no ratios are worthless, and NaN weighs nothing', () => {
  expect(psis(new Float64Array(100)).paretoK).toBe(Number.NEGATIVE_INFINITY);
  expect(psis(new Float64Array(100).fill(Number.NaN)).paretoK).toBe(Number.POSITIVE_INFINITY);
  const some = psis(Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? Number.NaN : Math.log(i))));
  expect(Math.exp(some.logWeights[0]!)).toBe(0);
  expect(psis(new Float64Array(4)).paretoK).toBe(Number.POSITIVE_INFINITY);
});
