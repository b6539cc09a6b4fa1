import { expect, test } from 'vitest';
import { compile, differentiate, input, logBeta, sum, type Value, value } from '../graph/index.ts';
import type { Distribution } from './distribution.ts';
import * as d from './index.ts';
import { klDivergence } from './kl-divergence.ts';
import { numbersOf } from './testing-draws.ts';

const densityAt = (distribution: Distribution, x: Parameters<typeof value>[0]): number =>
  numbersOf(sum(distribution.logDensity(value(x))))[0]!;

/** Fifty digits of mpmath, of the formula. */
test.each([
  ['studentT(1e8)', d.studentT(1e8, 0, 1), 2, -2.9189385157046734],
  ['studentT(1e12)', d.studentT(1e12, 0, 1), 2, -2.9189385332029225],
  ['beta(3, 1e8)', d.beta(3, 1e8), 3e-8, 16.92475815572864],
  ['beta(1e6, 1e6)', d.beta(1e6, 1e6), 0.5, 7.028537391617382],
  ['binomial(1e6)', d.binomial(1e6, 0.25), 250_000, -6.989705956512085],
])('%s keeps its digits where gamma functions cancel', (_, distribution, x, due) => {
  expect(Math.abs(densityAt(distribution, x) / due - 1)).toBeLessThan(1e-9);
});

test.each([
  [1e8, 1e8, -138629444.0568173],
  [2.5, 1e8, -45.767019008157995],
  [30, 40, -48.30174909591612],
  [1e-3, 20, 6.904208335756638],
  [10, 10, -13.736229227036555],
  [9.5, 1e4, -75.81293640226956],
])('log B(%d, %d), and its slopes', (a, b, due) => {
  const [x, y] = [input('a', []), input('b', [])];
  const made = logBeta(x, y);
  const program = compile([made, logBeta(y, x), ...differentiate(made, [x, y])], [x, y]);
  const at = (p: number, q: number): Float64Array => {
    program.inputs.set([p, q]);
    program.run();
    return program.outputs.slice();
  };
  const [own, turned, byA] = at(a, b);
  expect(Math.abs(own! / due - 1)).toBeLessThan(1e-14);
  expect(turned).toBe(own);
  const h = 1e-3 * a;
  expect(byA! / ((at(a + h, b)[0]! - at(a - h, b)[0]!) / (2 * h))).toBeCloseTo(1, 4);
});

test('at edges of supports densities are what scipy says', () => {
  expect(densityAt(d.gamma(1, 2), 0)).toBeCloseTo(Math.log(2), 14);
  expect(densityAt(d.gamma([1, 1], 2), [0, 1])).toBeCloseTo(2 * Math.log(2) - 2, 14);
  expect(densityAt(d.beta(1, 1), [0, 1])).toBe(0);
  expect(densityAt(d.beta(3, 1), 1)).toBeCloseTo(Math.log(3), 14);
  expect(densityAt(d.dirichlet([1, 1, 1]), [0, 1, 0])).toBeCloseTo(Math.log(2), 14);
  expect(densityAt(d.exponential(3), 0)).toBeCloseTo(Math.log(3), 14);
});

/** A density, its slope and its value where a probability or rate is as given. */
const slopeAt = (make: (p: Value) => Value, at: number): readonly number[] => {
  const p = input('p', []);
  const y = sum(make(p));
  const program = compile([y, ...differentiate(y, [p])], [p]);
  program.inputs.set([at]);
  program.run();
  return [...program.outputs];
};

test('probabilities and rates of 0 and 1 have slopes where what was seen is possible', () => {
  expect(slopeAt((p) => d.bernoulli(p).logDensity(value([0, 0])), 0)).toEqual([0, -2]);
  expect(slopeAt((p) => d.bernoulli(p).logDensity(value(1)), 1)).toEqual([0, 1]);
  expect(slopeAt((p) => d.bernoulli(p).logDensity(value(1)), 0)[0]).toBe(Number.NEGATIVE_INFINITY);
  expect(slopeAt((p) => d.binomial(5, p).logDensity(value(0)), 0)[1]).toBeCloseTo(-5, 12);
  expect(slopeAt((r) => d.poisson(r).logDensity(value([0, 0])), 0)).toEqual([0, -2]);
  expect(slopeAt((p) => d.bernoulli(p).entropy!(), 0)[0]).toBeCloseTo(0, 300);
});

test('what cannot be, and is not, adds nothing to divergences', () => {
  const between = (q: Distribution, p: Distribution): number => numbersOf(sum(klDivergence(q, p)!))[0]!;
  expect(between(d.bernoulli(0), d.bernoulli(0.5))).toBeCloseTo(Math.LN2, 14);
  expect(between(d.bernoulli([0, 1]), d.bernoulli([0, 1]))).toBe(0);
  expect(between(d.bernoulli(0.5), d.bernoulli(0))).toBe(Number.POSITIVE_INFINITY);
  expect(between(d.categorical([0, 0.5, 0.5]), d.categorical([0, 0.25, 0.75]))).toBeCloseTo(0.14384103622589, 12);
  expect(between(d.categorical([0.5, 0.5]), d.categorical([0, 1]))).toBe(Number.POSITIVE_INFINITY);
});

test('a component of a mixture ends at its own bounds', () => {
  const two = d.mixture([0.25, 0.75], d.uniform([0, 5], [1, 7]));
  const [first, second, neither] = numbersOf(two.logDensity(value([0.5, 6, 3])));
  expect(first).toBeCloseTo(Math.log(0.25), 14);
  expect(second).toBeCloseTo(Math.log(0.375), 14);
  expect(neither).toBe(Number.NEGATIVE_INFINITY);
  if (two.support.kind !== 'interval') throw new Error('an interval was due');
  expect([...numbersOf(two.support.lower!, two.support.upper!)]).toEqual([0, 7]);
});
