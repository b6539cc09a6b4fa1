import type { Weights } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { dirichlet, dirichletProcess, pitmanYor } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { draws } from '../testing/draws.ts';
import { attend } from './attend.ts';
import { restaurantPrior, weightBias } from './learnt-prior.ts';

/** log probability of a partition under a Pitman–Yor process, block by block: Pitman (1995), prop. 9. */
function logPartition(sizes: readonly number[], alpha: number, d: number): number {
  let sum = 0;
  let total = 0;
  sizes.forEach((size, k) => {
    sum += Math.log(k === 0 ? 1 : alpha + d * k);
    for (let i = 1; i < size; i++) sum += Math.log(i - d);
    total += size;
  });
  for (let i = 1; i < total; i++) sum -= Math.log(alpha + i);
  return sum;
}

test.each([
  [1.5, 0],
  [0.7, 0.4],
])('the restaurant with α = %d, d = %d seats the next guest as partitions say', (alpha, d) => {
  const sizes = [5, 1, 3];
  const { bias, sink } = restaurantPrior(Float64Array.from(sizes), { concentration: alpha, discount: d });
  const before = logPartition(sizes, alpha, d);
  sizes.forEach((_, k) => {
    const after = sizes.map((n, l) => (l === k ? n + 1 : n));
    expect(bias[k]).toBeCloseTo(logPartition(after, alpha, d) - before, 12);
  });
  expect(sink).toBeCloseTo(logPartition([...sizes, 1], alpha, d) - before, 12);
});

test('as biases and a sink of attend they are the posterior of old components and a new one', () => {
  const random = draws(33);
  const [q, k] = [random.normal(4, 3), random.normal(3, 3)];
  const prior = restaurantPrior(Float64Array.of(5, 0, 3), { concentration: 1 });
  const { nullShare, responsibilities } = attend(q, k, null, { ...prior, scale: 1, responsibilities: true });
  for (let n = 0; n < 4; n++) {
    const odds = [5, 0, 3].map((count, j) => {
      let score = 0;
      for (let i = 0; i < 3; i++) score += q.data[3 * n + i]! * k.data[3 * j + i]!;
      return count * Math.exp(score);
    });
    const total = odds.reduce((a, b) => a + b, 1);
    expect(nullShare![n]).toBeCloseTo(1 / total, 12);
    odds.forEach((own, j) => {
      expect(responsibilities!.data[3 * n + j]).toBeCloseTo(own / total, 12);
    });
  }
});

test('biases of learnt weights are expected log weights, by numbers drawn from the posterior', () => {
  const counts = Float64Array.of(6, 2, 0.5);
  const priors: readonly Weights[] = [dirichlet(0.4), dirichletProcess(1), pitmanYor(0.6, 0.2)];
  for (const weights of priors) {
    const posterior = weights.posterior(counts);
    const source = generator(key(7));
    const sums = new Float64Array(3);
    for (let i = 0; i < 20_000; i++)
      weights.sample(posterior, source).forEach((log, k) => {
        sums[k]! += Math.max(log, -200) / 20_000;
      });
    weightBias(weights, counts).forEach((bias, k) => {
      expect(Math.abs(sums[k]! - bias)).toBeLessThan(0.06 * Math.max(1, Math.abs(bias)));
    });
  }
});

test('counts and options that are none are refused by one sentence', () => {
  expect(() => restaurantPrior(Float64Array.of(-1), { concentration: 1 })).toThrow(/key 0 .* owns -1/);
  expect(() => restaurantPrior(Float64Array.of(1), { concentration: 0 })).toThrow(/concentration is 0, .* above/);
  expect(() => restaurantPrior(Float64Array.of(1), { concentration: 1, discount: 1 })).toThrow(/discount is 1/);
  expect(() => weightBias(dirichlet(1), Float64Array.of(Number.NaN))).toThrow(/key 0 .* owns NaN/);
});
