import { inline, type Matrix } from '@mixtention/core';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { availableTensorBackends } from '@mixtention/core/testing';
import { faithful } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { fitByGradient } from './fit-by-gradient.ts';

/** Old Faithful, two full covariances: mclust 6.0.0 at tolerance 1e-13. */
const FAITHFUL = -1130.26396018474;
/** The same in columns standardised by the population deviation. */
const STANDARDIZED = -385.4607;

const x = faithful();

/** Rows of two clearly different questionnaires. */
function answers(rows: number): Matrix {
  const random = generator(key(6));
  const data = new Float64Array(rows * 6);
  for (let n = 0; n < rows; n++) {
    const isFirst = random.uniform() < 0.3;
    for (let d = 0; d < 6; d++) data[n * 6 + d] = random.uniform() < (isFirst === d < 3 ? 0.85 : 0.15) ? 1 : 0;
  }
  return { data, rows, cols: 6 };
}

test('Adam reaches the maximum of Old Faithful from at least 8 of 10 starts', async () => {
  const { restarts } = await fitByGradient(x, { components: 2, restarts: 10 });
  const reached = restarts.filter((r) => Math.abs(r.logLikelihood - FAITHFUL) < 1e-3 && r.status === 'converged');
  expect(reached.length).toBeGreaterThanOrEqual(8);
});

test('plain gradient descent reaches the same maximum, at a higher cost', async () => {
  const byDescent = await fitByGradient(x, { components: 2, optimizer: 'sgd', tolerance: 1e-9, screen: 0 });
  const byAdam = await fitByGradient(x, { components: 2, screen: 0 });
  expect(byDescent.status).toBe('converged');
  expect(byDescent.logLikelihood).toBeCloseTo(FAITHFUL, 2);
  expect(byDescent.gradientEvaluations).toBe(byDescent.iterations + 1);
  expect(byDescent.gradientEvaluations).toBeGreaterThan(2 * byAdam.gradientEvaluations);
});

test('standardised Old Faithful reaches −385.4607', async () => {
  const z = applyTransform(x, columnTransform(x, null));
  const { logLikelihood } = await fitByGradient(z, { components: 2, tolerance: 1e-9 });
  expect(Math.abs(logLikelihood - STANDARDIZED)).toBeLessThan(1e-3);
});

describe.each(await availableTensorBackends())('on the backend $name', (backend) => {
  test('Adam reaches the maximum of Old Faithful', async () => {
    const fit = await fitByGradient(x, { components: 2, executor: inline(backend) });
    expect(fit.converged).toBe(true);
    expect(fit.backend).toBe(backend.name);
    expect(Math.abs(fit.logLikelihood - FAITHFUL)).toBeLessThan(0.01);
    const [w] = fit.model.weights;
    expect(w).toBeCloseTo(0.64412714, 3);
  });

  test('a fit by minibatches leaves no tensor behind', async () => {
    const tf = backend.tf as { memory(): { numTensors: number } };
    const fit = async (): Promise<void> => {
      const executor = inline(backend);
      await fitByGradient(x, { components: 2, minibatch: 32, maxIterations: 5, executor });
      await executor.close();
    };
    await fit();
    const before = tf.memory().numTensors;
    await fit();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('one full Gaussian is fitted to its closed form', async () => {
  const { logLikelihood } = await fitByGradient(x, { components: 1, tolerance: 1e-10 });
  expect(logLikelihood).toBeCloseTo(-1289.7967, 3);
});

// mclust 6.0.0: BIC of EEE, VVI and VII with two components of Old Faithful, in its sign.
test.each([
  ['tied', -2325.22],
  ['diagonal', -2346.065],
  ['spherical', -3458.305],
] as const)('covariance %s comes to the BIC that mclust prints', async (covariance, bic) => {
  const fit = await fitByGradient(x, {
    components: 2,
    covariance,
    restarts: 3,
    tolerance: 1e-9,
    maxIterations: 20_000,
  });
  expect(-fit.bic).toBeCloseTo(bic, 1);
});

test('a Bernoulli mixture under its weak prior ends where the gradient of the posterior is 0', async () => {
  const rows = answers(400);
  const fit = await fitByGradient(rows, { components: 2, family: 'bernoulli', tolerance: 1e-12, window: 100 });
  expect(fit.prior.name).toBe('weak');
  const R = fit.model.responsibilities(rows);
  const { data: means } = fit.model.means;
  for (let k = 0; k < 2; k++) {
    const count = Array.from({ length: 400 }, (_, n) => R.data[n * 2 + k]!).reduce((a, b) => a + b, 0);
    expect(fit.model.weights[k]).toBeCloseTo(count / 400, 4);
    for (let d = 0; d < 6; d++) {
      let yes = 0;
      for (let n = 0; n < 400; n++) yes += R.data[n * 2 + k]! * rows.data[n * 6 + d]!;
      expect(means[k * 6 + d]).toBeCloseTo((yes + 0.1) / (count + 0.2), 4);
    }
  }
});

test('minibatches come near the maximum and stop by themselves', async () => {
  const fit = await fitByGradient(x, { components: 2, minibatch: 64, learningRate: 0.05, seed: 1 });
  expect(fit.status).toBe('converged');
  expect(fit.logLikelihood).toBeGreaterThan(FAITHFUL - 0.5);
  expect(fit.logLikelihood).toBeLessThanOrEqual(FAITHFUL + 1e-6);
});

test('the same seed gives the same fit to the last bit, another seed another one', async () => {
  const options = { components: 2, minibatch: 50, maxIterations: 30 };
  const fit = async (seed: number): Promise<string> =>
    JSON.stringify((await fitByGradient(x, { ...options, seed })).model);
  expect(await fit(3)).toBe(await fit(3));
  expect(await fit(3)).not.toBe(await fit(4));
});

test('a learning rate that is far too high ends as diverged, with the advice to lower it', async () => {
  const fit = await fitByGradient(x, { components: 2, optimizer: 'sgd', learningRate: 1 });
  expect(fit.status).toBe('diverged');
  expect(fit.message).toMatch(/lower the learning rate/);
});

test('a run that has lost its way goes back to its best state and ends there as diverged', async () => {
  const fit = await fitByGradient(x, { components: 2, covariance: 'diagonal', learningRate: 2, window: 5, screen: 0 });
  const seen = fit.trace.map(({ logLikelihood }) => logLikelihood);
  expect(fit.status).toBe('diverged');
  expect(fit.logLikelihood).toBe(Math.max(...seen.slice(0, -1)));
  expect(fit.model.evaluate(x).logLikelihood).toBeCloseTo(fit.logLikelihood, 6);
  expect(seen.at(-2)).toBeLessThan(fit.logLikelihood - 1);
});

test('fewer distinct rows than components converge under a Dirichlet prior, every component at a weight above 0', async () => {
  const rows = [0, 0, 0, 1, 1, 1, 0, 1].map((v) => [v]);
  const fit = await fitByGradient(rows, { components: 3, prior: { concentration: 2 }, seed: 1 });
  expect(fit.status).toBe('converged');
  // EM from the same start ends at −4.3517, a lower mode.
  expect(fit.objective).toBeGreaterThan(-4.352);
  for (const weight of fit.model.weights) expect(weight).toBeGreaterThan(0.05);
});

test('a weight of 0 is a row removed, an integer weight a row repeated', async () => {
  const rows = Array.from({ length: 60 }, (_, n) => [x.data[2 * n]!, x.data[2 * n + 1]!]);
  const weights = rows.map((_, n) => n % 3);
  const repeated = rows.flatMap((row, n) => Array.from({ length: n % 3 }, () => row));
  const start = {
    means: [
      [2, 55],
      [4.3, 80],
    ],
  };
  const options = { components: 2, covariance: 'diagonal', start, maxIterations: 40 } as const;
  const weighed = await fitByGradient(rows, { ...options, weights });
  const plain = await fitByGradient(repeated, options);
  expect(weighed.logLikelihood).toBeCloseTo(plain.logLikelihood, 6);
});

test('options that cannot be used are refused in one sentence', async () => {
  const fit = (options: object): Promise<unknown> => fitByGradient(x, { components: 2, ...options });
  await expect(fit({ learningRate: 0 })).rejects.toThrow(/learningRate is 0, a number above 0 was due/);
  await expect(fit({ learningRate: { schedule: 'cosine', start: 0.1, steps: 0 } })).rejects.toThrow(
    '[svi] fitByGradient: learningRate.steps is 0, a number above 0 was due',
  );
  await expect(fit({ minibatch: 2.5 })).rejects.toThrow(/minibatch is 2.5, a whole number from 1 was due/);
  await expect(fit({ optimizer: 'adma' })).rejects.toThrow(/did you mean "adam"/);
  await expect(fit({ learningrate: 0.1 })).rejects.toThrow(
    /unknown option "learningrate", did you mean "learningRate"/,
  );
});
