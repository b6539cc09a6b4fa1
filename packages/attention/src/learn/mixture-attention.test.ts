import { key } from '@mixtention/core/numeric';
import { adamW, train } from '@mixtention/core/optimize';
import { describe, expect, test } from 'vitest';
import type { Float64Rows } from '../rows.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { along } from '../testing/finite-differences.ts';
import { fixedPoint } from './fixed-point.ts';
import { mixtureAttention } from './mixture-attention.ts';

const [N, K, d, V] = [7, 4, 3, 5];
const random = draws(91);
const q = random.normal(N, d);
const y: Float64Rows = { data: Float64Array.from(random.bits(N * V)), rows: N, cols: V };
const layer = mixtureAttention({ width: d, keys: K, values: V });
const parameters = layer.init(key(3));
parameters.bias!.forEach((_, k, bias) => {
  bias[k] = 0.2 * k;
});

/** Bayes' theorem by enumeration: nats of all columns together, and of each column by itself. */
function naive(n: number): { marginal: number; mean: number } {
  const scores = Array.from({ length: K }, (_, k) => {
    let sum = parameters.bias![k]!;
    for (let i = 0; i < d; i++) sum += q.data[n * d + i]! * parameters.key![k * d + i]!;
    return Math.exp(sum);
  });
  const total = scores.reduce((a, b) => a + b, 0);
  const theta = (k: number, j: number): number => 1 / (1 + Math.exp(-parameters.logit![k * V + j]!));
  const of = (p: number, j: number): number => (y.data[n * V + j] === 1 ? p : 1 - p);
  let joint = 0;
  const means = new Array<number>(V).fill(0);
  scores.forEach((s, k) => {
    let own = s / total;
    for (let j = 0; j < V; j++) {
      means[j]! += (s / total) * theta(k, j);
      own *= of(theta(k, j), j);
    }
    joint += own;
  });
  return { marginal: -Math.log(joint), mean: means.reduce((sum, p, j) => sum - Math.log(of(p, j)), 0) };
}

describe.each(await backends())('mixture attention on $backend.name', ({ backend, tolerance }) => {
  const slack = tolerance < 1e-6 ? 1e-9 : 1e-4;

  test.each(['marginalLoss', 'meanLoss'] as const)(
    '%s is that of enumeration, its gradient that of differences',
    (name) => {
      const ours = layer[name](parameters, q, y, { backend });
      const due = Array.from({ length: N }, (_, n) => naive(n)[name === 'marginalLoss' ? 'marginal' : 'mean']);
      expect(difference(ours.nats, due)).toBeLessThan(tolerance);
      expect(ours.loss).toBeCloseTo(due.reduce((a, b) => a + b) / N, tolerance < 1e-6 ? 12 : 4);
      const loss = (): number => layer[name](parameters, q, y).loss;
      const told = ours.pullback();
      expect(difference(told.input.data, along(q.data, loss))).toBeLessThan(slack);
      for (const [part, own] of Object.entries(parameters))
        expect(difference(told.parameters[part]!, along(own, loss))).toBeLessThan(slack);
    },
  );
});

test('trained on the exact loss it comes within a tenth of a nat of the mixture that made the data, from a random start', () => {
  const made = 600;
  const planted = draws(17);
  const component = planted.uniform(1, made).data.map((u) => Math.floor(3 * u));
  const theta = [0, 1, 2].map((k) => Array.from({ length: 12 }, (_, j) => ((j >> 2) % 3 === k ? 0.9 : 0.1)));
  const noise = planted.normal(made, 2, 0.4);
  const corners = [
    [2, 0],
    [-1, 1.7],
    [-1, -1.7],
  ];
  const queries: Float64Rows = {
    ...noise,
    data: noise.data.map((e, i) => corners[component[i >> 1]!]![i % 2]! + e),
  };
  const draw = planted.uniform(made, 12).data;
  const targets: Float64Rows = {
    data: draw.map((u, i) => (u < theta[component[Math.floor(i / 12)]!]![i % 12]! ? 1 : 0)),
    rows: made,
    cols: 12,
  };
  // The corners are so far apart that a query tells its component: truth is the entropy of its Bernoullis.
  const truth = draw.reduce((sum, _, i) => {
    const p = theta[component[Math.floor(i / 12)]!]![i % 12]!;
    return sum - Math.log(targets.data[i] === 1 ? p : 1 - p) / made;
  }, 0);
  const model = mixtureAttention({ width: 2, keys: 5, values: 12 });
  const some = (m: Float64Rows, rows: Int32Array): Float64Rows => ({
    data: Float64Array.from(
      { length: rows.length * m.cols },
      (_, i) => m.data[rows[Math.floor(i / m.cols)]! * m.cols + (i % m.cols)]!,
    ),
    rows: rows.length,
    cols: m.cols,
  });
  const gradient: Parameters<typeof train>[0]['gradient'] = (own, rows) => {
    const { loss, pullback } = model.marginalLoss(own, some(queries, rows), some(targets, rows));
    return { loss, gradient: pullback().parameters };
  };
  const from = model.init(key(1));
  const learningRate = { schedule: 'cosine', start: 0.1, steps: 240, warmUp: 10 } as const;
  const options = {
    gradient,
    rows: made,
    batch: 100,
    steps: 240,
    optimizer: adamW({ weightDecay: 0 }),
    learningRate,
    seed: 2,
  };
  const states = [...train({ ...options, from })];
  const loss = model.marginalLoss(states.at(-1)!.parameters, queries, targets).loss;
  expect(model.marginalLoss(from, queries, targets).loss - truth).toBeGreaterThan(2);
  expect(loss - truth).toBeLessThan(0.1);
});

test('targets that are no probabilities are refused by one sentence', () => {
  const wrong = { ...y, data: y.data.map((own, i) => (i === 6 ? 2 : own)) };
  expect(() => layer.marginalLoss(parameters, q, wrong)).toThrow(/target 1, column 1 .* is 2/);
  expect(() => layer.meanLoss(parameters, q, { ...y, rows: 6 })).toThrow(/targets of 6 × 5 came with 7 queries/);
});

describe('attention iterated to its fixed point', () => {
  const patterns = random.normal(5, d, 1.5);
  const start = random.normal(4, d);
  const bias = random.normal(1, 5).data;

  test('raises the density of its mixture of Gaussians in every iteration, and stands still where EM does', () => {
    const density = (at: ArrayLike<number>, n: number): number =>
      Math.log(
        [0, 1, 2, 3, 4].reduce((sum, k) => {
          let square = 0;
          for (let i = 0; i < d; i++) square += (at[n * d + i]! - patterns.data[k * d + i]!) ** 2;
          return sum + Math.exp(bias[k]! - square / 2);
        }, 0),
      );
    const weights = bias.map((b, k) => {
      let square = 0;
      for (let i = 0; i < d; i++) square += patterns.data[k * d + i]! ** 2;
      return b - square / 2;
    });
    const options = { scale: 1, bias: weights };
    let last = start.data;
    for (let steps = 1; steps < 12; steps++) {
      const { output } = fixedPoint(start, patterns, { ...options, maxIterations: steps });
      for (let n = 0; n < 4; n++) expect(density(output.data, n)).toBeGreaterThanOrEqual(density(last, n) - 1e-12);
      last = output.data;
    }
    const { output, converged, iterations } = fixedPoint(start, patterns, { ...options, maxIterations: 20_000 });
    expect(converged).toBe(true);
    expect(iterations).toBeGreaterThan(2);
    // There the gradient of the density vanishes.
    for (let n = 0; n < 4; n++) {
      const slopes = along(output.data.subarray(n * d, (n + 1) * d), () => density(output.data, n));
      for (const slope of slopes) expect(Math.abs(slope)).toBeLessThan(1e-7);
    }
  });

  test('has the gradients of differences, through all iterations, whole and half steps', () => {
    const upstream = random.normal(4, d);
    for (const step of [1, 0.5]) {
      const options = { scale: 0.6, bias, step, maxIterations: 6, tolerance: 1e-14 };
      const loss = (): number =>
        fixedPoint(start, patterns, options).output.data.reduce((sum, x, i) => sum + x * upstream.data[i]!, 0);
      const told = fixedPoint(start, patterns, options).pullback(upstream);
      expect(difference(told.queries.data, along(start.data, loss))).toBeLessThan(1e-9);
      expect(difference(told.keys.data, along(patterns.data, loss))).toBeLessThan(1e-9);
      expect(difference(told.bias, along(bias, loss))).toBeLessThan(1e-9);
    }
  });

  test('refuses steps that lead nowhere by one sentence', () => {
    expect(() => fixedPoint(start, patterns, { step: 0 })).toThrow(/step is 0, a number in \(0, 1\] was due/);
    expect(() => fixedPoint(start, patterns, { maxIterations: 0 })).toThrow(/maxIterations is 0/);
  });
});
