import { inline, type Matrix } from '@mixtention/core';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { generator, key, split } from '@mixtention/core/numeric';
import { availableTensorBackends } from '@mixtention/core/testing';
import { faithful, gaussianFull } from '@mixtention/mixture';
import type * as TF from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { discreteBound } from './discrete-bound.ts';
import { fitVariational } from './fit-variational.ts';
import { prior, standardized } from './testing-faithful.ts';
import { assignExactly } from './testing-guide.ts';
import type { VariationalOptions } from './variational-options.ts';

/** Free-form mean field of the same model, K = 2, α = 1, β = 1, W = I, ν = 2, columns standardised by the sample deviation. */
const FREE_FORM = -435.0934276803;
/** The exact evidence at K = 1, in the same space and under the same prior. */
const EVIDENCE = -560.6846287586;

const backends = await availableTensorBackends();
const executor = inline(backends[0]);

/** Two components whose deviations are a hundredth of their columns'. */
function narrowRows(rows: number): Matrix {
  const random = generator(key(21));
  const data = Float64Array.from(
    { length: 2 * rows },
    (_, i) => (Math.floor(i / 2) % 2) * (i % 2 === 0 ? 10 : 3) + 0.045 * random.normal(),
  );
  return { data, rows, cols: 2 };
}

/** In the space of the fit. */
const narrowPrior = {
  mean: new Float64Array(2),
  shrinkage: 1,
  degrees: 3,
  inverseScale: Float64Array.of(1e-4, 0, 0, 1e-4),
};

const narrowCovariance = [
  [0.045 ** 2, 0],
  [0, 0.045 ** 2],
];
const narrowStart = {
  means: [
    [0, 0],
    [10, 3],
  ],
  covariances: [narrowCovariance, narrowCovariance],
};

const x = standardized();
const options: VariationalOptions = { components: 2, prior, executor };

test('at one component the bound misses the exact evidence by what a guide of independent numbers must miss', async () => {
  const fit = await fitVariational(x, { ...options, components: 1, assignments: 'exact' });
  // By Bartlett, A = L C with C_11 ≈ √n ± √½ and C_21 ~ N(0, 1): log A_11 and A_21 = L_21 C_11 + L_22 C_21 correlate.
  const [{ data: sigma }] = fit.model.covariances as [Matrix];
  const square = sigma[1]! ** 2 / (sigma[0]! * sigma[3]!);
  // L_21²/L_22² of the precision is ρ²/(1 − ρ²), ρ the correlation of the columns.
  const ratio = square / (1 - square);
  const correlation = (0.5 * ratio) / (0.5 * ratio + 1);
  expect(EVIDENCE - fit.elbo).toBeCloseTo(-0.5 * Math.log(1 - correlation), 1);
});

test('the posterior agrees with the free-form one: Dirichlet(175.86, 98.14), means and their deviations', async () => {
  const { posterior, model } = await fitVariational(x, { ...options, assignments: 'exact' });
  expect(posterior.weights.mean[0]).toBeCloseTo(175.86 / 274, 2);
  expect(posterior.weights.deviation[0]! / Math.sqrt((175.86 * 98.14) / 274 ** 2 / 275)).toBeCloseTo(1, 0);
  expect(model.weights[0]).toBeCloseTo(175.86 / 274, 2);
  // The reference's means at K = 6, α = 1e-3, whose two live components own the same rows but for two of them.
  [0.7007, 0.6655, -1.2557, -1.1925].forEach((m, i) => {
    expect(posterior.means.mean[i]).toBeCloseTo(m, 1);
  });
  const [, covariance] = model.covariances!;
  const spread = Math.sqrt(covariance!.data[0]! / 98);
  expect(posterior.means.deviation[2]! / spread).toBeGreaterThan(0.8);
  expect(posterior.means.deviation[2]! / spread).toBeLessThan(1.2);
});

test('bounds are in user space: units of the columns move them by the log-determinant alone', async () => {
  const short: VariationalOptions = { components: 2, executor, maxIterations: 50, assignments: 'exact' };
  const minutes = await fitVariational(faithful(), short);
  const { data, rows, cols } = faithful();
  const hours = await fitVariational({ data: data.map((v) => v / 60), rows, cols }, short);
  expect(hours.elbo - minutes.elbo).toBeCloseTo(2 * 272 * Math.log(60), 1);
  expect(minutes.posterior.means.mean[1]).toBeCloseTo(60 * hours.posterior.means.mean[1]!, 1);
});

test('minibatches come near the same bound', async () => {
  const fit = await fitVariational(x, { ...options, assignments: 'exact', minibatch: 68 });
  expect(fit.elbo).toBeGreaterThan(FREE_FORM - 2);
  expect(fit.elbo).toBeLessThan(FREE_FORM + 4);
});

describe.each(backends)('on the backend $name', (backend) => {
  const tf = backend.tf as typeof TF;
  const short: VariationalOptions = { components: 2, prior, maxIterations: 30 };

  test('the same seed gives the same fit to the last bit, another seed another one', async () => {
    const fit = async (seed: number): Promise<number> =>
      (await fitVariational(x, { ...short, seed, executor: inline(backend) })).elbo;
    expect(await fit(1)).toBe(await fit(1));
    expect(await fit(1)).not.toBe(await fit(2));
  });

  test.each([undefined, 500])(
    'the bound of narrow components is that of sums in float64, minibatch %s',
    async (minibatch) => {
      const rows = narrowRows(3000);
      const transform = columnTransform(rows, null);
      const fit = await fitVariational(rows, {
        components: 2,
        prior: { concentration: 1, family: gaussianFull.prior.unscale!(narrowPrior, transform) },
        start: narrowStart,
        assignments: 'exact',
        maxIterations: 3,
        learningRate: 1e-3,
        boundDraws: 500,
        ...(minibatch && { minibatch }),
        executor: inline(backend),
      });
      const { guide } = fit.info;
      const assigned = assignExactly(guide, applyTransform(rows, transform));
      const own = { guide, assigned, prior: { concentration: 1, ...narrowPrior } };
      const due = discreteBound(own, split(split(key(0), 'report'), 'bound'), 500).mean;
      const shift = -rows.rows * transform.scale.reduce((sum, s) => sum + Math.log(s), 0);
      expect(Math.abs(fit.elbo - shift - due)).toBeLessThan(0.05);
      expect(fit.info.assigned.entropy).toBeCloseTo(assigned.entropy, 6);
    },
  );

  test('a fit over several shards, with minibatches, leaves no tensor behind', async () => {
    const run = async (): Promise<void> => {
      const own = inline(backend);
      await fitVariational(x, { ...short, maxIterations: 3, shardRows: 100, minibatch: 50, executor: own });
      await own.close();
    };
    await run();
    const before = tf.memory().numTensors;
    await run();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('one component is fitted with any assignments: all of them are 1', async () => {
  for (const assignments of ['exact', 'relaxed', 'straight-through'] as const) {
    const fit = await fitVariational(x, { ...options, components: 1, assignments, maxIterations: 5 });
    expect(fit.status).toBe('stopped');
    expect(fit.elbo).toBeLessThan(EVIDENCE);
  }
});

test('an abort ends the fit', async () => {
  const control = new AbortController();
  const onStep = ({ iteration }: { iteration: number }): void => {
    if (iteration === 3) control.abort();
  };
  await expect(fitVariational(x, { ...options, signal: control.signal, onStep })).rejects.toThrow(/cancelled/);
});

test('a backend without gradients, a missing prior and a family are refused in one sentence', async () => {
  await expect(fitVariational(x, { components: 2 })).rejects.toThrow(
    /the wasm backend has no automatic differentiation; give an executor on a tfjs backend/,
  );
  await expect(fitVariational(x, { ...options, prior: 'none' })).rejects.toThrow(/a Bayesian fit is due a prior/);
  await expect(fitVariational(x, { ...options, family: 'bernoulli' } as VariationalOptions)).rejects.toThrow(
    /leave family and covariance out/,
  );
  await expect(fitVariational(x, { ...options, assignments: 'soft' as 'exact' })).rejects.toThrow(
    /one of exact, relaxed, straight-through/,
  );
  await expect(fitVariational(x, { ...options, estimator: 'pathwise' as 'path' })).rejects.toThrow(
    /estimator is "pathwise", one of path, total was due/,
  );
  await expect(fitVariational(x, { ...options, temperature: -1 })).rejects.toThrow(
    '[svi] fitVariational: temperature is -1, a number from 1e-30 to 1e+30 was due',
  );
  await expect(
    fitVariational(x, { ...options, learningRate: { schedule: 'linear', start: 1 } as unknown as number }),
  ).rejects.toThrow(/learningRate.schedule is "linear", "exponential" or "cosine" was due/);
  await expect(fitVariational(x, { ...options, draws: 0 })).rejects.toThrow(
    /draws is 0, a whole number from 1 was due/,
  );
});
