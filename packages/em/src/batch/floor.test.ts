import type { Matrix } from '@mixtention/core';
import { expect, it } from 'vitest';
import { fit } from './fit.ts';

/** A full factorial of three signs, uncorrelated to the last bit, and two columns that are sums of others. */
function collinear(spread: number): Matrix {
  const sign = (n: number, bit: number): number => ((n >> bit) & 1) * 2 - 1;
  const rows = Array.from({ length: 64 }, (_, n) => [
    sign(n, 0),
    sign(n, 1),
    sign(n, 2),
    sign(n, 0) + sign(n, 1) * (1 + spread),
    sign(n, 2) - 0.3 * sign(n, 0),
  ]);
  return { data: Float64Array.from(rows.flat(), (x) => x * (1 + 0.1 * spread) + 3), rows: 64, cols: 5 };
}

it.each(['full', 'tied'] as const)(
  '%s covariances at the floor are symmetric to the last bit, so that they can be given back as a start',
  async (covariance) => {
    for (let seed = 0; seed < 30; seed++) {
      const x = collinear(seed);
      const options = { components: 1 + (seed % 2), covariance, seed, maxIterations: 20 };
      const { model } = await fit(x, options);
      for (const { data } of model.covariances!) {
        for (let i = 0; i < 25; i++) expect(data[i]).toBe(data[(i % 5) * 5 + Math.floor(i / 5)]);
      }
      const again = await fit(x, { ...options, start: { means: model.means, covariances: model.covariances! } });
      expect(again.logLikelihood).toBeGreaterThan(-Infinity);
    }
  },
);

it('a given covariance may hold the rounding of a 0, of either sign', async () => {
  const covariance = [
    [2, 1e-17],
    [-3e-17, 5],
  ];
  const start = { means: [[0, 0]], covariances: [covariance] };
  const rows = [
    [1, 2],
    [-1, 0],
    [0, -3],
  ];
  expect((await fit(rows, { components: 1, start })).converged).toBe(true);
});
