import type { Executor } from '@mixtention/core';
import { threads } from '@mixtention/core/threads';
import { bernoulli, gaussianDiagonal, gaussianFull, MixtureModel, product } from '@mixtention/mixture';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fit } from './index.ts';

const family = product([
  { family: gaussianFull, columns: [0, 3] },
  { family: bernoulli, columns: [1, 2, 4] },
]);
const means = { data: Float64Array.of(-2, 0.1, 0.9, 40, 0.8, 2, 0.8, 0.2, 70, 0.1), rows: 2, cols: 5 };
const covariances = [9, -6].map((c) => {
  const data = new Float64Array(25);
  for (const [i, j, v] of [
    [0, 0, 1],
    [3, 3, 100],
    [0, 3, c],
    [3, 0, c],
  ] as const)
    data[5 * i + j] = v;
  return { data, rows: 5, cols: 5 };
});
const logWeights = Float64Array.of(Math.log(0.3), Math.log(0.7));
const truth = new MixtureModel({ family, logWeights, params: family.fromDescription({ means, covariances }) });
const { x } = truth.sample(4000, 1);
const options = { components: 2, family, seed: 2, screen: 0, shardRows: 512 };

describe('a product of two families by column', () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await threads({ workers: 2, backend: 'wasm', precision: 'float64' });
  });
  afterAll(() => executor.close());

  it('is fitted on worker threads, to the bits of one thread', async () => {
    const [one, two] = [await fit(x, options), await fit(x, { ...options, executor })];
    expect(two.workers).toBe(2);
    expect(two.logLikelihood).toBe(one.logLikelihood);
    expect(two.model.toJSON()).toEqual(one.model.toJSON());
  });

  it('finds the mixture that made the rows: likelihood above the truth’s, parameters within their errors', async () => {
    const { model, logLikelihood, trace, converged, prior } = await fit(x, { ...options, prior: 'none' });
    expect(converged).toBe(true);
    expect(prior.name).toBe('none');
    trace.slice(1).forEach(({ objective }, i) => {
      expect(objective).toBeGreaterThanOrEqual(trace[i]!.objective - 1e-7);
    });
    const due = truth.order();
    const gain = logLikelihood - due.evaluate(x).logLikelihood;
    // Twice the gain is chi-square with as many degrees of freedom as parameters, 17.
    expect(gain).toBeGreaterThan(0);
    expect(2 * gain).toBeLessThan(45);
    due.means.data.forEach((m, i) => {
      expect(Math.abs(model.means.data[i]! - m)).toBeLessThan(i % 5 === 3 ? 1.5 : 0.15);
    });
    expect(model.covariances![0]!.data[3]).toBeLessThan(-4);
  });

  it('says its prior part by part, and fits under it', async () => {
    const { prior, converged } = await fit(x, options);
    expect(prior.text).toMatch(/^normal–Wishart .*\(columns 0, 3\), Beta\(1.1, 1.1\) .*\(columns 1, 2, 4\)$/);
    expect(converged).toBe(true);
  });

  it('refuses cells outside the support by their column, and data of another width', async () => {
    await expect(
      fit(
        [
          [0, 1, 0, 3, 2],
          [1, 0, 0, 3, 1],
        ],
        options,
      ),
    ).rejects.toThrow('row 0, column 4 (counted from 0) is 2');
    await expect(
      fit(
        [
          [0, 1],
          [1, 0],
        ],
        options,
      ),
    ).rejects.toThrow('the parts have 5 columns together, the data have 2');
  });

  it('of independent Gaussian columns is the diagonal Gaussian itself', async () => {
    const numbers = { data: x.data.filter((_, i) => i % 5 === 0 || i % 5 === 3), rows: x.rows, cols: 2 };
    const parts = [0, 1].map((d) => ({ family: gaussianDiagonal, columns: [d] }));
    const [one, two] = await Promise.all(
      [gaussianDiagonal, product(parts)].map((own) => fit(numbers, { components: 2, family: own, seed: 1, screen: 0 })),
    );
    expect(two!.logLikelihood).toBeCloseTo(one!.logLikelihood, 6);
  });
});
