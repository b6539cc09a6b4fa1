import { type Executor, inline, plain } from '@mixtention/core';
import { cutRows } from '@mixtention/core/data';
import { faithful, MixtureModel, type Progress } from '@mixtention/mixture';
import { expect, it } from 'vitest';
import { binaryBlobs, blobs } from '../testing/data.ts';
import { expectRelative } from '../testing/expect-relative.ts';
import { fit } from './fit.ts';

const optimum = -1130.26396018474;

it('a fit tells what it did and what it cost', async () => {
  const result = await fit(faithful(), { components: 2, restarts: 3, seed: 5 });
  expect(result).toMatchObject({
    status: 'converged',
    converged: true,
    rows: 272,
    weight: 272,
    backend: 'wasm',
    workers: 0,
  });
  expect(result.restarts).toHaveLength(3);
  expect(result.restarts[result.best]!.objective).toBe(Math.max(...result.restarts.map(({ objective }) => objective)));
  expect(result.trace).toHaveLength(result.iterations + 1);
  expect(result.trace.at(-1)!.logLikelihood).toBe(result.logLikelihood);
  expect(result.logLikelihood).toBe(result.objective);
  expect(result.aic).toBeCloseTo(22 - 2 * result.logLikelihood, 9);
  expect(result.seconds).toBeGreaterThan(0);
  expect(result.prior).toEqual({ name: 'none', text: 'none (maximum likelihood)', values: null });
});

it('the criteria of a fit are those of its model on the same data', async () => {
  const x = faithful();
  for (const covariance of ['full', 'tied', 'diagonal', 'spherical'] as const) {
    const result = await fit(x, { components: 3, covariance, maxIterations: 20 });
    const { logLikelihood, parameters, bic, aic, icl } = result.model.evaluate(x);
    expectRelative([result.logLikelihood, result.bic, result.aic, result.icl], [logLikelihood, bic, aic, icl], 1e-11);
    expect(result.parameters).toBe(parameters);
  }
});

it('components come in decreasing order of weight', async () => {
  const { model } = await fit(blobs(200, 3, 2, { spread: 2 }), { components: 5, seed: 3 });
  for (let k = 1; k < 5; k++) expect(model.weights[k - 1]).toBeGreaterThanOrEqual(model.weights[k]!);
});

it('onStep hears every step of every start', async () => {
  const heard: Progress[] = [];
  const { trace, best, restarts } = await fit(faithful(), { components: 2, restarts: 2, onStep: (p) => heard.push(p) });
  const own = heard.filter(({ phase, restart }) => phase === 'fit' && restart === best);
  expect(own.map(({ logLikelihood }) => logLikelihood)).toEqual(trace.map(({ logLikelihood }) => logLikelihood));
  const toTheEnd = heard.filter(({ phase }) => phase === 'fit');
  expect(toTheEnd).toHaveLength(restarts.reduce((sum, { iterations }) => sum + iterations + 1, 0));
  expect(heard.length - toTheEnd.length).toBeGreaterThan(10);
  expect(own.at(-1)!.status).toBe('converged');
});

it('an abort in the middle throws ABORTED with its reason and leaves data and executor usable', async () => {
  const x = faithful();
  const before = x.data.slice();
  const executor = inline();
  const abort = new AbortController();
  const steps: number[] = [];
  const aborted = fit(x, {
    components: 3,
    tolerance: 0,
    executor,
    signal: abort.signal,
    onStep: ({ iteration }) => {
      steps.push(iteration);
      if (iteration === 4) abort.abort('enough');
    },
  });
  await expect(aborted).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' });
  expect(steps).toEqual([0, 1, 2, 3, 4]);
  expect(x.data).toEqual(before);
  const { logLikelihood } = await fit(x, { components: 2, executor });
  expect(logLikelihood).toBeCloseTo(optimum, 5);
  await executor.close();
});

it('a limit of iterations ends as stopped, and 0 measures the start', async () => {
  const none = await fit(faithful(), { components: 2, maxIterations: 0 });
  expect(none).toMatchObject({ status: 'stopped', iterations: 0, converged: false });
  expect(none.message).toMatch(/raise maxIterations/);
  const some = await fit(faithful(), { components: 2, maxIterations: 3 });
  expect(some).toMatchObject({ status: 'stopped', iterations: 3 });
  expect(some.logLikelihood).toBeGreaterThan(none.logLikelihood);
});

it('a spent budget keeps the first start and begins no other', async () => {
  const result = await fit(faithful(), { components: 3, restarts: 50, tolerance: 0, budgetMs: 0 });
  expect(result.restarts).toHaveLength(1);
  expect(result.status).toBe('stopped');
});

it('given values are where the fit starts', async () => {
  const start = {
    weights: [0.3, 0.7],
    means: [
      [2, 54],
      [4.3, 80],
    ],
    covariances: [
      [
        [0.1, 0.4],
        [0.4, 30],
      ],
      [
        [0.2, 1],
        [1, 36],
      ],
    ],
  };
  const result = await fit(faithful(), { components: 2, start, maxIterations: 0, restarts: 9 });
  expectRelative(result.model.weights, [0.7, 0.3], 1e-12);
  expectRelative(result.model.means.data, [4.3, 80, 2, 54], 1e-12);
  expectRelative(result.model.covariances![0]!.data, [0.2, 1, 1, 36], 1e-12);
  expect(result.restarts).toHaveLength(1);
});

it('a model and its copy from a file start a fit where they ended', async () => {
  const first = await fit(faithful(), { components: 2, maxIterations: 4 });
  const copy = MixtureModel.fromJSON(JSON.stringify(first.model));
  for (const start of [first.model, copy]) {
    const next = await fit(faithful(), { components: 2, start });
    expectRelative([next.trace[0]!.logLikelihood], [first.logLikelihood], 1e-12);
    expect(next.logLikelihood).toBeCloseTo(optimum, 5);
  }
  await expect(fit(faithful(), { components: 3, start: copy })).rejects.toThrow(
    'the start has 2 components, the fit 3',
  );
  await expect(fit(faithful(), { components: 2, covariance: 'tied', start: copy })).rejects.toThrow('gaussian-full');
});

it('an executor of the user sees the data once for all starts and is left open', async () => {
  const executor = inline(plain);
  const seen = new Set<string>();
  let closed = 0;
  const watched: Executor = {
    ...executor,
    collect: (algorithm, state, data, options) => {
      seen.add(data.id);
      return executor.collect(algorithm, state, data, options);
    },
    close: async () => {
      closed++;
    },
  };
  await fit(faithful(), { components: 2, restarts: 4, executor: watched });
  expect(seen.size).toBe(1);
  expect(closed).toBe(0);
});

it('a sample of many rows starts a fit as well as all of them', async () => {
  const x = blobs(60_000, 3, 2);
  const result = await fit(x, { components: 3, seed: 1, weights: Array<number>(x.rows).fill(2) });
  expect(result.converged).toBe(true);
  expectRelative(result.model.weights, [1 / 3, 1 / 3, 1 / 3], 0.02);
  expect(cutRows(x.rows).length).toBeGreaterThan(2);
});

it('a prior adds its log density to the objective, which rises, and is told in words', async () => {
  const { trace, prior, objective, logLikelihood } = await fit(faithful(), {
    components: 3,
    prior: { concentration: 2 },
    tolerance: 0,
    maxIterations: 200,
  });
  for (let i = 1; i < trace.length; i++)
    expect(trace[i]!.objective - trace[i - 1]!.objective).toBeGreaterThanOrEqual(-1e-9);
  expect(objective).not.toBe(logLikelihood);
  expect(prior.name).toBe('given');
  expect(prior.text).toContain('Dirichlet(2, …)');
});

it.each(['full', 'tied', 'diagonal', 'spherical'] as const)(
  'the log posterior of %s covariances rises under a weak prior',
  async (covariance) => {
    for (let seed = 0; seed < 10; seed++) {
      const options = { components: 4, covariance, seed, prior: 'weak', tolerance: 0, maxIterations: 100 } as const;
      const { trace, status } = await fit(blobs(40, 2, 2, { seed, spread: 2 }), options);
      for (let i = 1; i < trace.length; i++)
        expect(trace[i]!.objective - trace[i - 1]!.objective).toBeGreaterThanOrEqual(-1e-10);
      expect(status).not.toBe('diverged');
    }
  },
);

it('under maximum likelihood the mixture mean of Bernoulli components is the data mean', async () => {
  const x = binaryBlobs(300, 4, 12);
  const { model, prior } = await fit(x, { components: 4, family: 'bernoulli', prior: 'none' });
  const mixed = Array.from({ length: 12 }, (_, d) =>
    model.weights.reduce((sum, w, k) => sum + w * model.means.data[12 * k + d]!, 0),
  );
  const means = Array.from({ length: 12 }, (_, d) => mean(x.data.filter((_, i) => i % 12 === d)));
  expectRelative(mixed, means, 1e-10);
  expect(prior.name).toBe('none');
});

it('Bernoulli fits are smoothed by a Beta prior unless asked otherwise', async () => {
  const x = [
    [1, 0, 1],
    [1, 0, 1],
    [1, 1, 1],
  ];
  const { model, prior, objective, logLikelihood } = await fit(x, { components: 1, family: 'bernoulli' });
  expect(prior).toMatchObject({ name: 'weak', text: 'Beta(1.1, 1.1) on each probability' });
  expectRelative(model.means.data, [3.1 / 3.2, 1.1 / 3.2, 3.1 / 3.2], 1e-14);
  // Beta(1.1, 1.1) has density p^0.1 (1 − p)^0.1 Γ(2.2) / Γ(1.1)², with Γ(1.1) = 0.951350769866873, Γ(2.2) = 1.101802490879713.
  const density = (p: number): number =>
    0.1 * Math.log(p * (1 - p)) + Math.log(1.101802490879713 / 0.951350769866873 ** 2);
  expect(objective - logLikelihood).toBeCloseTo(density(3.1 / 3.2) * 2 + density(1.1 / 3.2), 10);
});

it('Bernoulli components are recovered, and the log posterior never falls', async () => {
  const x = binaryBlobs(600, 3, 16, 2);
  const { model, trace } = await fit(x, {
    components: 3,
    family: 'bernoulli',
    restarts: 3,
    tolerance: 0,
    maxIterations: 300,
  });
  expectRelative(model.weights, [1 / 3, 1 / 3, 1 / 3], 0.05);
  for (const p of model.means.data) expect(Math.min(p, 1 - p)).toBeLessThan(0.25);
  for (let i = 1; i < trace.length; i++)
    expect(trace[i]!.objective - trace[i - 1]!.objective).toBeGreaterThanOrEqual(-1e-9);
});

it('a black image and a white one are possible under a smoothed model', async () => {
  const { model } = await fit(binaryBlobs(100, 2, 8), { components: 2, family: 'bernoulli' });
  for (const cell of [0, 1]) expect(Number.isFinite(model.logDensity([Array<number>(8).fill(cell)])[0]!)).toBe(true);
});

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b) / values.length;
}
