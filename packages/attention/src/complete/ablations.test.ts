import type { Matrix } from '@mixtention/core';
import { bernoulli } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { randomMixture } from '../testing/random-mixture.ts';
import { complete } from './complete.ts';

const D = 60;
const K = 100;
const N = 200;
const model = randomMixture(bernoulli, K, D, 1);
const { x } = model.sample(N, 2);
const mask = draws(3).bits(N * D, 0.2);
const theta = model.means.data;
const exact = complete(model, x, mask, { responsibilities: true }).responsibilities!.data;

/** Half width: q = m∘x against logit θ. */
const query: Matrix = { ...x, data: x.data.map((value, i) => value * mask[i]!) };
const keys: Matrix = { data: Float64Array.from(theta, (p) => Math.log(p / (1 - p))), rows: K, cols: D };
const logNo = (k: number, seen: (d: number) => boolean): number => {
  let sum = model.logWeights[k]!;
  for (let d = 0; d < D; d++) if (seen(d)) sum += Math.log(1 - theta[k * D + d]!);
  return sum;
};

function totalVariation(options: { scale?: number; bias?: (n: number, k: number) => number }): number {
  const { responsibilities } = attend(query, keys, null, { scale: 1, ...options, responsibilities: true });
  return Array.from(exact).reduce((sum, r, i) => sum + Math.abs(r - responsibilities!.data[i]!), 0) / (2 * N);
}

const masked = (n: number, k: number): number => logNo(k, (d) => mask[n * D + d] === 1);

test('half-width keys with a bias that knows the mask of each query are the posterior', () => {
  const { responsibilities } = attend(query, keys, null, { scale: 1, bias: masked, responsibilities: true });
  expect(difference(responsibilities!.data, exact)).toBeLessThan(1e-12);
});

test('what is usual in attention but not in Bayes moves a tenth of the posterior and more', () => {
  expect(totalVariation({})).toBeGreaterThan(0.1); // no bias
  expect(totalVariation({ bias: (_, k) => logNo(k, () => true) })).toBeGreaterThan(0.1); // a bias that forgets the mask
  expect(totalVariation({ bias: masked, scale: 1 / Math.sqrt(D) })).toBeGreaterThan(0.1); // scores divided by √d
});
