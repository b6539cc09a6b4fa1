import type { MixtentionError } from '@mixtention/core';
import { faithful } from '@mixtention/mixture';
import { fitMixture } from '@mixtention/mixture/fit';
import { describe, expect, it } from 'vitest';
import { blobs } from '../testing/data.ts';
import { expectRelative } from '../testing/expect-relative.ts';
import { batch } from './batch.ts';
import { fit } from './fit.ts';

const COVARIANCES = ['full', 'tied', 'diagonal', 'spherical'] as const;

describe.each(COVARIANCES)('%s covariances', (covariance) => {
  it('keep one real component of identical rows and report the other as empty', async () => {
    const rows = Array.from({ length: 20 }, () => [3, -7]);
    const { model, status, degenerate } = await fit(rows, { components: 2, covariance });
    expect(status).toBe('degenerate');
    expect(degenerate).toContain(1);
    expectRelative(model.weights, [1, 0], 1e-12);
    expectRelative(model.means.data.subarray(0, 2), [3, -7], 1e-12);
    expect(model.predict(rows).every((label) => label === 0)).toBe(true);
  });

  it('keep two components of two distinct rows when three were asked for', async () => {
    const rows = Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? [0, 0] : [1, 5]));
    const { model, status, degenerate } = await fit(rows, { components: 3, covariance });
    expect(status).toBe('degenerate');
    expect(degenerate).toContain(2);
    expectRelative(model.weights, [0.5, 0.5, 0], 1e-9);
    expectRelative(
      [...model.means.data.subarray(0, 4)].sort((a, b) => a - b),
      [0, 0, 1, 5],
      1e-9,
    );
  });

  it('take as many components as rows, each held at the floor', async () => {
    const rows = [
      [0, 0],
      [4, 1],
      [9, 3],
    ];
    const { status, model, logLikelihood } = await fit(rows, { components: 3, covariance });
    expect(['converged', 'degenerate']).toContain(status);
    expect(Number.isFinite(logLikelihood)).toBe(true);
    expect(new Set(model.predict(rows)).size).toBe(3);
  });

  it('bear a constant column, which the message names', async () => {
    const { data, rows } = faithful();
    const x = Array.from({ length: rows }, (_, n) => [data[2 * n]!, 5, data[2 * n + 1]!]);
    const { model, message, logLikelihood } = await fit(x, { components: 2, covariance });
    expect(message).toContain('column 1 (counted from 0) is constant: leave it out');
    expect(Number.isFinite(logLikelihood)).toBe(true);
    expectRelative([model.means.data[1]!, model.means.data[4]!], [5, 5], 1e-12);
  });

  it('bear one row, one column and one component', async () => {
    const { model, logLikelihood } = await fit([[42]], { components: 1, covariance });
    expect(model.means.data[0]).toBe(42);
    expect(Number.isFinite(logLikelihood)).toBe(true);
  });

  it('stay finite with 64 components on two blobs', async () => {
    const x = blobs(300, 2, 2, { spread: 0.3 });
    const { model, logLikelihood, status } = await fit(x, {
      components: 64,
      covariance,
      screen: 2,
      maxIterations: 100,
    });
    expect(Number.isFinite(logLikelihood)).toBe(true);
    expect(model.weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(status).not.toBe('diverged');
  });

  it('are right for data of any size, up to where their squares are numbers', async () => {
    const x = faithful();
    // Short runs end so near the optimum that rounding decides which step is the last.
    const options = { components: 2, covariance, screen: 0 };
    const due = await fit(x, options);
    for (const factor of [1e-140, 1e140]) {
      const scaled = { ...x, data: x.data.map((v) => v * factor) };
      const { logLikelihood, model } = await fit(scaled, options);
      expectRelative([logLikelihood + 2 * x.rows * Math.log(factor)], [due.logLikelihood], 1e-10);
      expectRelative(
        model.means.data.map((m) => m / factor),
        due.model.means.data,
        1e-9,
      );
    }
    for (const factor of [1e-200, 1e200]) {
      const scaled = { ...x, data: x.data.map((v) => v * factor) };
      await expect(fit(scaled, { components: 2, covariance })).rejects.toThrow(/column 0 .* choose other units/);
    }
  });

  it('are right for data shifted by 1e8', async () => {
    const x = blobs(300, 2, 2, { spread: 0.5 });
    const due = await fit(x, { components: 2, covariance });
    const { model } = await fit({ ...x, data: x.data.map((v) => v + 1e8) }, { components: 2, covariance });
    expectRelative(model.covariances![0]!.data, due.model.covariances![0]!.data, 1e-6);
    expectRelative(model.covariances![1]!.data, due.model.covariances![1]!.data, 1e-6);
  });

  it('separate blobs a million deviations apart', async () => {
    const { data, rows, cols } = blobs(200, 2, 2, { spread: 1 });
    const far = { rows, cols, data: data.map((v, i) => v + (Math.floor(i / cols) % 2) * 1e6) };
    const { model, degenerate } = await fit(far, { components: 2, covariance, floor: 0 });
    expect(degenerate).toEqual([]);
    const labels = model.predict(far);
    expect(labels.every((label, n) => label === labels[n % 2])).toBe(true);
    for (const { data } of model.covariances!) for (const i of [0, 3]) expect(data[i]).toBeCloseTo(1, 0);
  });
});

it('a covariance floor of relative size keeps log-likelihoods rising', async () => {
  const x = blobs(40, 2, 2, { spread: 3 });
  for (let seed = 0; seed < 20; seed++) {
    const { trace } = await fit(x, {
      components: 10,
      seed,
      screen: 0,
      floor: 1e-2,
      tolerance: 0,
      maxIterations: 200,
    });
    for (let i = 1; i < trace.length; i++) {
      expect(trace[i]!.logLikelihood - trace[i - 1]!.logLikelihood).toBeGreaterThanOrEqual(-1e-12 * 1000);
    }
  }
});

it('a degenerate start never wins over a healthy one', async () => {
  const x = blobs(60, 3, 2, { spread: 1 });
  const { restarts, best, status } = await fit(x, { components: 6, restarts: 30, start: 'random' });
  const healthy = restarts.filter(({ status }) => status !== 'degenerate');
  expect(restarts.some(({ status }) => status === 'degenerate')).toBe(true);
  expect(healthy.length).toBeGreaterThan(0);
  expect(status).not.toBe('degenerate');
  expect(restarts[best]!.objective).toBe(Math.max(...healthy.map(({ objective }) => objective)));
});

it('a family that core does not know runs inline', async () => {
  const bernoulli = (await import('@mixtention/mixture')).bernoulli;
  const own = { ...bernoulli, spec: { ...bernoulli.spec, name: 'own' } };
  const { model } = await fit(
    [
      [0, 1],
      [0, 1],
      [1, 0],
    ],
    { components: 2, family: own },
  );
  expect(model.family.spec.name).toBe('own');
});

it('a NaN in a step ends as diverged, with the last sound state', async () => {
  const method = {
    where: 'em/test',
    plan: ({ config }: Parameters<Parameters<typeof fitMixture>[2]['plan']>[0]) => {
      const algorithm = batch(config);
      let calls = 0;
      return {
        algorithm: {
          ...algorithm,
          update: (...given: Parameters<typeof algorithm.update>) => {
            const { state, info } = algorithm.update(...given);
            return { state, info: ++calls > 3 ? { ...info, objective: Number.NaN } : info };
          },
        },
      };
    },
  };
  const { status, converged, model, message } = await fitMixture(faithful(), { components: 2 }, method);
  expect(status).toBe('diverged');
  expect(converged).toBe(false);
  expect(message).toMatch(/fell or became NaN/);
  expect(model.means.data.every(Number.isFinite)).toBe(true);
});

it.each([
  [{ components: 0 }, 'BAD_OPTION', /components is 0, a whole number from 1 was due/],
  [{ components: 2.5 }, 'BAD_OPTION', /components is 2.5/],
  [{}, 'BAD_OPTION', /components is undefined/],
  [{ components: 273 }, 'BAD_OPTION', /273 components were asked of 272 rows; ask for 272 at most/],
  [{ components: 2, restart: 3 }, 'BAD_OPTION', /unknown option "restart", did you mean "restarts"\?/],
  [{ components: 2, restarts: 0 }, 'BAD_OPTION', /restarts is 0/],
  [{ components: 2, maxIterations: -1 }, 'BAD_OPTION', /maxIterations is -1/],
  [{ components: 2, tolerance: Number.NaN }, 'BAD_OPTION', /tolerance is NaN/],
  [{ components: 2, floor: -1 }, 'BAD_OPTION', /floor is -1/],
  [{ components: 2, seed: 0.5 }, 'BAD_OPTION', /seed is 0.5/],
  [{ components: 2, family: 'gausian' }, 'UNKNOWN_NAME', /unknown family "gausian", did you mean "gaussian"\?/],
  [{ components: 2, covariance: 'diag' }, 'UNKNOWN_NAME', /unknown covariance "diag", did you mean "diagonal"\?/],
  [
    { components: 2, family: 'bernoulli', covariance: 'full' },
    'BAD_OPTION',
    /covariance goes with the family "gaussian" only/,
  ],
  [{ components: 2, family: 'bernoulli' }, 'BAD_DATA', /row 0, column 0 .* is 3.6/],
  [{ components: 2, start: 'kmeans' }, 'UNKNOWN_NAME', /unknown start "kmeans", did you mean "k-means"\?/],
  [{ components: 2, start: { means: [[1, 2]] } }, 'BAD_SHAPE', /the start has 1 mean, 2 components/],
  [{ components: 2, start: { means: [[1], [2]] } }, 'BAD_SHAPE', /1 column\b/],
  [
    {
      components: 2,
      start: {
        means: [
          [1, 2],
          [3, 4],
        ],
        weights: [0.5, 0.6],
      },
    },
    'BAD_OPTION',
    /sum to 1/,
  ],
  [{ components: 2, prior: 'strong' }, 'UNKNOWN_NAME', /unknown prior "strong"/],
  [
    { components: 2, prior: { concentration: 0.5 } },
    'BAD_OPTION',
    /prior.concentration is 0.5, a number from 1 was due/,
  ],
  [{ components: 2, weights: [1, 2] }, 'BAD_SHAPE', /weights of length 2 came with 272 rows/],
  [{ components: 2, weights: Array<number>(272).fill(0) }, 'BAD_OPTION', /0 rows of weight above 0/],
])('options %j are refused in one sentence', async (options, code, message) => {
  const error = (await fit(faithful(), options as never).catch((e: unknown) => e)) as MixtentionError;
  expect(error).toBeInstanceOf(Error);
  expect(error.message).toMatch(message);
  expect(error.message).toMatch(/^\[(em|core|mixture)\] /);
  expect(error.code).toBe(code);
});

it.each([
  [[], /empty/],
  [[[1, 2], [3]], /row 1 .* has 1 column, row 0 has 2/],
  [
    [
      [1, 2],
      [Number.NaN, 1],
    ],
    /row 1, column 0 .* is NaN/,
  ],
  [[[1, Number.POSITIVE_INFINITY]], /row 0, column 1 .* is Infinity/],
  [[1, 2, 3], /one list of numbers/],
  ['text', /rows of numbers were due/],
])('data %j are refused in one sentence', async (x, message) => {
  await expect(fit(x as never, { components: 1 })).rejects.toThrow(message);
});
