import { type Dataset, inline, type Matrix, type Mixture, plain } from '@mixtention/core';
import { dataset, openShard } from '@mixtention/core/data';
import { faithful, gaussianFull } from '@mixtention/mixture';
import { expect, it } from 'vitest';
import { pick, waiting } from '../testing/data.ts';
import { expectRelative } from '../testing/expect-relative.ts';
import { type BatchStats, batch } from './batch.ts';
import { fit } from './fit.ts';

const seeds = Array.from({ length: 10 }, (_, seed) => seed);

it('batch reaches the optimum of Old Faithful from at least 8 of 10 starts of each kind', async () => {
  for (const start of ['k-means++', 'k-means', 'random'] as const) {
    const fits = await Promise.all(seeds.map((seed) => fit(faithful(), { components: 2, start, seed })));
    const reached = fits.filter(({ logLikelihood }) => Math.abs(logLikelihood - -1130.26396018474) <= 1e-6);
    expect(reached.length, start).toBeGreaterThanOrEqual(8);
    for (const { status } of reached) expect(status).toBe('converged');
  }
});

it('batch with one component gives the sample mean and covariance in one update', async () => {
  const x = faithful();
  const { model, logLikelihood, iterations, bic, icl, parameters } = await fit(x, { components: 1 });
  const { mean, covariance } = moments(x);
  expectRelative(model.means.data, mean, 1e-14);
  expectRelative(model.covariances![0]!.data, covariance, 1e-14);
  expect(iterations).toBeLessThanOrEqual(1);
  expect(logLikelihood).toBeCloseTo(-1289.7967, 4);
  expect(parameters).toBe(5);
  expect(bic).toBeCloseTo(2607.623, 3);
  expect(icl).toBe(bic);
});

// mclust 6.0.0 at tolerance 1e-13; fixed points computed in float64.
it('batch gives the published parameters of two full components', async () => {
  const { model, bic, parameters } = await fit(faithful(), { components: 2, tolerance: 0 });
  expectRelative(model.weights, [0.64412714, 0.35587286], 1e-8);
  expectRelative(model.means.data, [4.28966197, 79.96811517, 2.03638845, 54.47851638], 1e-9);
  expectRelative(model.covariances![0]!.data, [0.16996844, 0.94060932, 0.94060932, 36.04621132], 1e-8);
  expectRelative(model.covariances![1]!.data, [0.06916767, 0.43516762, 0.43516762, 33.69728207], 1e-8);
  expect(bic).toBeCloseTo(2322.191743, 6);
  expect(parameters).toBe(11);
});

it('batch gives the published parameters of three components with tied covariances', async () => {
  const { model, logLikelihood, bic, icl } = await fit(faithful(), {
    components: 3,
    covariance: 'EEE',
    restarts: 10,
    tolerance: 0,
  });
  expect(logLikelihood).toBeCloseTo(-1126.315928, 6);
  expect(bic).toBeCloseTo(2314.295678, 5);
  expect(icl).toBeCloseTo(2358.389, 3);
  expectRelative(model.weights, [0.47501628, 0.35637812, 0.16860561], 1e-7);
  // The last gains are below the rounding of the log-likelihood: the fit ends some 1e-8 before its fixed point.
  expectRelative(model.means.data, [4.46573853, 80.87275138, 2.03761473, 54.49128494, 3.79775803, 77.46885947], 2e-8);
  expectRelative(model.covariances![2]!.data, [0.07797544, 0.47015824, 0.47015824, 33.67203913], 1e-8);
});

it('batch finds the best known mixture of three full components among 30 starts', async () => {
  const { logLikelihood, parameters } = await fit(faithful(), { components: 3, restarts: 30 });
  expect(logLikelihood).toBeCloseTo(-1114.4399, 3);
  expect(parameters).toBe(17);
});

// mclust's table, printed at its default tolerance: the converged value may be better by a few hundredths.
it.each([
  ['spherical', 2, 3458.305],
  ['diagonal', 2, 2346.065],
  ['tied', 2, 2325.22],
  ['full', 2, 2322.192],
] as const)(
  'batch agrees with the published BIC of %s covariances with %i components',
  async (covariance, components, due) => {
    const { bic } = await fit(faithful(), { components, covariance, restarts: 5 });
    expect(bic).toBeLessThanOrEqual(due + 1e-3);
    expect(bic).toBeGreaterThan(due - 0.1);
  },
);

it('batch gives the published mixtures of waiting times, with equal and with unequal deviations', async () => {
  const equal = await fit(waiting(), { components: 2, covariance: 'tied', tolerance: 0 });
  expect(equal.logLikelihood).toBeCloseTo(-1034.00176, 5);
  expectRelative(equal.model.weights, [0.63915056, 0.36084944], 1e-7);
  expectRelative(equal.model.means.data, [80.09030362, 54.61362634], 1e-8);
  expect(Math.sqrt(equal.model.covariances![0]!.data[0]!)).toBeCloseTo(5.8690914, 6);
  const unequal = await fit(waiting(), { components: 2, tolerance: 0 });
  expect(unequal.logLikelihood).toBeCloseTo(-1034.00175, 5);
  expectRelative(unequal.model.weights, [0.63911393, 0.36088607], 1e-7);
  expectRelative(unequal.model.means.data, [80.0910694, 54.61485614], 1e-7);
  expect(Math.sqrt(unequal.model.covariances![0]!.data[0]!)).toBeCloseTo(5.86773442, 5);
});

it('batch gives the means and labels of the scikit-learn example', async () => {
  const x = [
    [1, 2],
    [1, 4],
    [1, 0],
    [10, 2],
    [10, 4],
    [10, 0],
  ];
  const { model } = await fit(x, { components: 2 });
  const [first] = model.predict([[12, 3]]);
  expect(model.predict([[0, 0]])[0]).toBe(1 - first!);
  expectRelative(model.means.data.subarray(2 * first!, 2 * first! + 2), [10, 2], 1e-6);
  expectRelative(model.means.data.subarray(2 - 2 * first!, 4 - 2 * first!), [1, 2], 1e-6);
});

it('the log-likelihood equals bound plus divergence at each half-step', () => {
  const x = pick(faithful(), [...seeds, 20, 40, 60, 80]);
  const { data, algorithm } = problem(x);
  let state = algorithm.init({ seed: 4, path: [] }, x);
  for (let step = 0; step < 5; step++) {
    const shard = openShard(data, 0, plain);
    const stats = algorithm.collect(state, shard);
    const after = algorithm.update(state, { sum: stats, parts: null }).state;
    const q = joint(x, state).map((logs) => logs.map((l) => Math.exp(l - logSum(logs))));
    // After the E-step q is the posterior of the old parameters; after the M-step it is not that of the new ones.
    expect(boundPlusDivergence(x, state, q)).toBeCloseTo(stats.logEvidence, 8);
    expect(boundPlusDivergence(x, after, q)).toBeCloseTo(algorithm.collect(after, shard).logEvidence, 8);
    expect(bound(x, state, q)).toBeCloseTo(stats.logEvidence, 8);
    expect(bound(x, after, q)).toBeGreaterThan(bound(x, state, q));
    state = after;
  }
});

it('the log-likelihood equals the sum over all assignments of rows to components', () => {
  const x = pick(faithful(), [0, 1, 2, 3, 4]);
  const { data, algorithm } = problem(x);
  const state = algorithm.init({ seed: 1, path: [] }, x);
  const logs = joint(x, state);
  const all = Array.from({ length: 2 ** x.rows }, (_, z) => logs.reduce((sum, log, n) => sum + log[(z >> n) & 1]!, 0));
  expect(algorithm.collect(state, openShard(data, 0, plain)).logEvidence).toBeCloseTo(logSum(all), 10);
});

it('tied covariances are the mean of the full ones after one update', async () => {
  const start = {
    means: [
      [2, 55],
      [4.3, 80],
    ],
  };
  const [tied, full] = await Promise.all(
    (['tied', 'full'] as const).map((covariance) =>
      fit(faithful(), { components: 2, covariance, start, maxIterations: 1 }),
    ),
  );
  const due = [0, 1, 2, 3].map((i) =>
    full!.model.weights.reduce((sum, w, k) => sum + w * full!.model.covariances![k]!.data[i]!, 0),
  );
  expectRelative(tied!.model.covariances![0]!.data, due, 1e-12);
});

it('the inline executor gives what collecting by hand gives', async () => {
  const x = faithful();
  const { data, algorithm } = problem(x, 100);
  const state = algorithm.init({ seed: 0, path: [] }, x);
  const { sum } = await inline().collect(algorithm, { message: state }, data);
  const parts = data.cuts.slice(1).map((_, i) => algorithm.collect(state, openShard(data, i, plain)).logEvidence);
  expect(parts).toHaveLength(3);
  expect((sum as BatchStats).logEvidence).toBe(parts.reduce((a, b) => a + b));
});

function problem(x: Matrix, shardRows?: number): { data: Dataset; algorithm: ReturnType<typeof batch> } {
  const config = { family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6 } as const;
  return { data: dataset(x, { shardRows }), algorithm: batch(config) };
}

function moments({ data, rows, cols }: Matrix): { mean: number[]; covariance: number[] } {
  const column = (d: number): number[] => Array.from({ length: rows }, (_, n) => data[n * cols + d]!);
  const mean = Array.from({ length: cols }, (_, d) => column(d).reduce((a, b) => a + b) / rows);
  const covariance = mean.flatMap((mi, i) =>
    mean.map((mj, j) => column(i).reduce((sum, v, n) => sum + (v - mi) * (column(j)[n]! - mj), 0) / rows),
  );
  return { mean, covariance };
}

/** log π_k + log N(x_n; μ_k, Σ_k) in two dimensions, by the inverse and determinant of a 2×2 matrix. */
function joint({ data, rows }: Matrix, { logWeights, params }: Mixture): number[][] {
  const { means, covariances } = params as { means: Float64Array; covariances: Float64Array };
  return Array.from({ length: rows }, (_, n) =>
    Array.from(logWeights, (logWeight, k) => {
      const [a, b, , c] = covariances.subarray(4 * k, 4 * k + 4) as unknown as [number, number, number, number];
      const det = a * c - b * b;
      const [u, v] = [data[2 * n]! - means[2 * k]!, data[2 * n + 1]! - means[2 * k + 1]!];
      return (
        logWeight - Math.log(2 * Math.PI) - 0.5 * Math.log(det) - (c * u * u - 2 * b * u * v + a * v * v) / (2 * det)
      );
    }),
  );
}

function logSum(logs: readonly number[]): number {
  const top = Math.max(...logs);
  return top + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - top), 0));
}

function bound(x: Matrix, mixture: Mixture, q: readonly number[][]): number {
  const logs = joint(x, mixture);
  return q.reduce(
    (sum, row, n) => sum + row.reduce((own, r, k) => own + (r > 0 ? r * (logs[n]![k]! - Math.log(r)) : 0), 0),
    0,
  );
}

function boundPlusDivergence(x: Matrix, mixture: Mixture, q: readonly number[][]): number {
  const logs = joint(x, mixture);
  const divergence = q.reduce(
    (sum, row, n) =>
      sum + row.reduce((own, r, k) => own + (r > 0 ? r * (Math.log(r) - logs[n]![k]! + logSum(logs[n]!)) : 0), 0),
    0,
  );
  return bound(x, mixture, q) + divergence;
}
