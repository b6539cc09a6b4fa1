import type { Matrix } from '@mixtention/core';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { dirichletProcess, faithful, gaussianFull, pitmanYor } from '@mixtention/mixture';
import { describe, expect, it } from 'vitest';
import { binaryBlobs } from '../testing/data.ts';
import { betterOrder } from './better-order.ts';
import { fitBayes } from './fit-bayes.ts';
import { dataFor, stepsFrom } from './testing-run.ts';

const sticks = (['open', 'closed'] as const).flatMap((truncation) => [
  dirichletProcess(1, truncation),
  dirichletProcess(20, truncation),
  pitmanYor(0.5, 0.4, truncation),
]);

describe.each(sticks.map((weights) => [weights.describe()!, weights] as const))('%s', (_, weights) => {
  it('never lowers the bound, reorders only where that raises it, and ends with an order that is not worse', async () => {
    const data = dataFor(gaussianFull, faithful());
    const x = applyTransform(faithful(), data.transform);
    const prior = { mean: new Float64Array(2), shrinkage: 1, degrees: 2, inverseScale: Float64Array.of(1, 0, 0, 1) };
    const config = { family: gaussianFull, components: 8, start: 'k-means++', prior, weights, floor: 0 } as const;
    const told = await stepsFrom(config, data, { sample: x, steps: 60 });
    for (let i = 1; i < told.length; i++)
      expect(told[i]!.info.objective - told[i - 1]!.info.objective, `step ${i}`).toBeGreaterThan(-1e-9);
    for (const { info } of told)
      for (const event of info.events ?? []) expect(event.after as number).toBeGreaterThan(event.before as number);
    expect(betterOrder(weights, told.at(-1)!.info.counts)).toBeNull();
  });
});

it('decreasing counts can lose under a closed truncation, and then they are not taken', () => {
  const counts = Float64Array.of(10, 1, 12, 30);
  const closed = pitmanYor(30, 0.5, 'closed');
  expect(betterOrder(closed, counts)).toBeNull();
  const { order, before, after } = betterOrder(pitmanYor(30, 0.5), counts)!;
  expect(order).toEqual([3, 2, 0, 1]);
  expect(after).toBeGreaterThan(before);
});

it('six points under an open Dirichlet process have the known means (scikit-learn, run to its end)', async () => {
  const x: Matrix = { data: Float64Array.of(1, 2, 1, 4, 1, 0, 4, 2, 12, 4, 10, 7), rows: 6, cols: 2 };
  const { center } = columnTransform(x, null);
  const covariance = (i: number, j: number): number => {
    let sum = 0;
    for (let n = 0; n < 6; n++) sum += (x.data[2 * n + i]! - center[i]!) * (x.data[2 * n + j]! - center[j]!);
    return sum / 5;
  };
  const family = {
    mean: [...center],
    shrinkage: 1,
    degrees: 2,
    inverseScale: [
      [covariance(0, 0), covariance(0, 1)],
      [covariance(1, 0), covariance(1, 1)],
    ],
  };
  // As the labels of k-means, with which that implementation begins.
  const identity = [
    [1, 0],
    [0, 1],
  ];
  const start = {
    means: [
      [1.75, 2],
      [11, 5.5],
    ],
    covariances: [identity, identity],
  };
  const prior = { family, weights: dirichletProcess(0.5) };
  const fit = await fitBayes(x, { components: 2, prior, start, tolerance: 1e-12, maxIterations: 5000 });
  const { means } = fit.posterior.components as { readonly means: Float64Array };
  [2.5465, 2.3174, 8.4239, 4.5001].forEach((due, i) => {
    expect(means[i]).toBeCloseTo(due, 3);
  });
});

it('open truncation makes bounds of different lengths one scale: sticks that nobody needs cost nothing', async () => {
  const x = binaryBlobs(600, 3, 24, 3);
  const prior = { weights: dirichletProcess(1) };
  // Row n is of prototype n mod 3; what else there is starts with nothing.
  const means = (K: number): number[][] =>
    Array.from({ length: K }, (_, k) =>
      Array.from(x.data.slice((k % 3) * 24, ((k % 3) + 1) * 24), (v) => 0.2 + 0.6 * v),
    );
  const weights = (K: number): number[] => Array.from({ length: K }, (_, k) => (k < 3 ? 1 / 3 : 0));
  const fits = await Promise.all(
    [6, 12].map((components) => {
      const start = { means: means(components), weights: weights(components) };
      return fitBayes(x, { components, family: 'bernoulli', prior, start, tolerance: 1e-12 });
    }),
  );
  for (const fit of fits) {
    expect(fit.activeComponents).toBe(3);
    expect(fit.prior.text).toContain('Dirichlet process(1) on the weights, truncation open');
    const sum = fit.expectedWeights.reduce((total, w) => total + w, 0);
    expect(sum).toBeLessThan(1);
    expect(sum).toBeGreaterThan(0.99);
    const counts = [...fit.info.counts];
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  }
  // More sticks can only help, by what little of a row they own.
  const gain = fits[1]!.bound - fits[0]!.bound;
  expect(gain).toBeGreaterThanOrEqual(0);
  expect(gain).toBeLessThan(1e-3);
});
