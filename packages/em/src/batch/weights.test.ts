import { inline, type Matrix, plain } from '@mixtention/core';
import { availableBackends } from '@mixtention/core/testing';
import { faithful } from '@mixtention/mixture';
import { describe, expect, it } from 'vitest';
import { kMeans } from '../k-means/fit-k-means.ts';
import { expectRelative } from '../testing/expect-relative.ts';
import { fit } from './fit.ts';

const COVARIANCES = ['full', 'tied', 'diagonal', 'spherical'] as const;
const x = faithful();
const start = {
  means: [
    [2, 54],
    [4.3, 80],
  ],
};
const backends = [plain, ...(await availableBackends(['native', 'tfjs-node', 'wasm']))];

/** Old Faithful with one more row of weight 0, before or after the others. */
function withWild(value: number, first: boolean): { x: Matrix; weights: Float64Array } {
  const data = new Float64Array(x.data.length + 2);
  data.set(x.data, first ? 2 : 0);
  data.set([value, -value], first ? 0 : x.data.length);
  const weights = new Float64Array(x.rows + 1).fill(1);
  weights[first ? 0 : x.rows] = 0;
  return { x: { data, rows: x.rows + 1, cols: 2 }, weights };
}

describe.each(backends.map((backend) => [backend.name, backend] as const))('%s', (_, backend) => {
  const tolerance = backend.precision === 'float32' ? 1e-6 : 1e-12;

  it.each(COVARIANCES)('a row of weight 0 may hold any number (%s covariances)', async (covariance) => {
    const options = { components: 2, covariance, start, maxIterations: 5, tolerance: 0 };
    const due = await fit(x, { ...options, executor: inline(backend) });
    for (const value of [-9999, 1e12, 1e25, 1e200, 1.7e308]) {
      for (const first of [true, false]) {
        const wild = withWild(value, first);
        const came = await fit(wild.x, { ...options, weights: wild.weights, executor: inline(backend) });
        expectRelative([came.logLikelihood, came.bic], [due.logLikelihood, due.bic], tolerance);
        expectRelative(came.model.means.data, due.model.means.data, 10 * tolerance);
        const { logLikelihood } = due.model.evaluate(x, { backend });
        expectRelative(
          [due.model.evaluate(wild.x, { backend, weights: wild.weights }).logLikelihood],
          [logLikelihood],
          tolerance,
        );
      }
    }
  });

  it('a row of weight 0 may hold any number, also for k-means', async () => {
    const options = { components: 2, start: start.means };
    const due = await kMeans(x, { ...options, executor: inline(backend) });
    for (const value of [1e25, 1e200]) {
      const wild = withWild(value, true);
      const came = await kMeans(wild.x, { ...options, weights: wild.weights, executor: inline(backend) });
      expectRelative([came.inertia], [due.inertia], tolerance);
      expectRelative(came.centers.data, due.centers.data, 10 * tolerance);
    }
  });

  it.each([1e-300, 1e-42, 1e-38, 1e-20, 1e20, 1e37, 1e40, 1e300])(
    'weights that are all %d give the parameters that weights of 1 give',
    async (weight) => {
      const options = { components: 2, start, maxIterations: 5, tolerance: 0, executor: inline(backend) };
      const due = await fit(x, options);
      const came = await fit(x, { ...options, weights: Array<number>(x.rows).fill(weight) });
      expect(came.status).toBe('stopped');
      expectRelative(came.model.means.data, due.model.means.data, tolerance);
      expectRelative(came.model.covariances![1]!.data, due.model.covariances![1]!.data, 50 * tolerance);
      expectRelative([came.logLikelihood / weight], [due.logLikelihood], tolerance);
    },
  );

  it('weights of very different sizes count as what they are', async () => {
    const weights = Float64Array.from({ length: x.rows }, (_, n) => (n % 2 === 0 ? 1e20 : n % 4 === 1 ? 2e20 : 1e-20));
    const options = { components: 2, start, weights, maxIterations: 5, tolerance: 0 };
    const due = await fit(x, options);
    const came = await fit(x, { ...options, executor: inline(backend) });
    expectRelative(came.model.means.data, due.model.means.data, tolerance);
    expectRelative([came.logLikelihood / 1e20], [due.logLikelihood / 1e20], tolerance);
  });
});
