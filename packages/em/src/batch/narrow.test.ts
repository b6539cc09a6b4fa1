import { inline, type Matrix } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import type { MixtureModel } from '@mixtention/mixture';
import { describe, expect, it } from 'vitest';
import { fitHard } from '../hard/fit-hard.ts';
import { fit } from './fit.ts';

const COVARIANCES = ['full', 'tied', 'diagonal', 'spherical'] as const;
const DIRECTIONS = [
  [1, 0, 0],
  [0, 1, 1],
  [-1, -0.5, 0.3],
];
const backends = await availableBackends(['native', 'tfjs-node', 'wasm']);

/** Blobs of deviations 1, 1.5 and 2 that lie `distance` apart; two fifths, a third and the rest of the rows. */
function farBlobs(distance: number, rows = 1500): Matrix {
  const random = generator(key(1));
  const data = new Float64Array(rows * 3);
  for (let n = 0; n < rows; n++) {
    const k = n % 15 < 6 ? 0 : n % 15 < 11 ? 1 : 2;
    for (let d = 0; d < 3; d++) data[n * 3 + d] = DIRECTIONS[k]![d]! * distance + (1 + 0.5 * d) * random.normal();
  }
  return { data, rows, cols: 3 };
}

/** The largest difference of covariances, in deviations of the due ones. */
function covarianceError(came: MixtureModel, due: MixtureModel): number {
  let worst = 0;
  due.covariances!.forEach(({ data, cols: D }, k) => {
    for (let i = 0; i < D * D; i++) {
      const size = Math.sqrt(data[(i % D) * (D + 1)]! * data[Math.floor(i / D) * (D + 1)]!);
      worst = Math.max(worst, Math.abs(came.covariances![k]!.data[i]! - data[i]!) / size);
    }
  });
  return worst;
}

describe.each(COVARIANCES)('%s covariances', (covariance) => {
  // Rows are held in float32, to 6e-8 of their distance from the middle: that much of the data is lost in any case.
  it.each([
    [40, 4e-3],
    [100, 4e-3],
    [1e3, 1e-4],
    [1e4, 1e-4],
    [1e5, 1e-3],
    [1e6, 2e-2],
  ])('of components %d deviations apart come out in float32 as in float64', async (distance, tolerance) => {
    const x = farBlobs(distance);
    const start = { means: DIRECTIONS.map((row) => row.map((v) => v * distance)) };
    const options = { components: 3, covariance, start, floor: 0 };
    const due = await fit(x, options);
    expect(due.status).toBe('converged');
    for (const backend of backends) {
      const came = await fit(x, { ...options, executor: inline(backend) });
      expect(came.status).toBe('converged');
      expect(covarianceError(came.model, due.model)).toBeLessThan(tolerance);
      expect(Math.abs(came.logLikelihood - due.logLikelihood) / x.rows).toBeLessThan(tolerance);
    }
  });

  it('of far components are the same from any start, by hard EM and under a prior', async () => {
    const x = farBlobs(1e4);
    for (const [run, prior] of [
      [fit, 'none'],
      [fitHard, 'none'],
      [fit, 'weak'],
    ] as const) {
      const options = { components: 3, covariance, prior, floor: 0 };
      const due = await run(x, options);
      for (const backend of backends) {
        const came = await run(x, { ...options, executor: inline(backend) });
        expect(came.status).toBe('converged');
        expect(Math.abs(came.logLikelihood - due.logLikelihood) / x.rows).toBeLessThan(2e-3);
      }
    }
  });

  it('of far components score rows on float32 backends as on the plain one', async () => {
    const x = farBlobs(1e5, 300);
    const { model } = await fit(x, { components: 3, covariance, floor: 0 });
    const [due, labels] = [model.logDensity(x), model.predict(x)];
    for (const backend of backends) {
      expect(model.logDensity(x, { backend })).toEqual(due);
      expect(model.predict(x, { backend })).toEqual(labels);
      expect(model.evaluate(x, { backend })).toEqual(model.evaluate(x));
    }
  });

  it('converge in float64 however far components lie apart: a fall within the rounding of large terms is none', async () => {
    for (const distance of [1e4, 1e5, 1e6]) {
      for (let seed = 0; seed < 3; seed++) {
        const { status } = await fit(farBlobs(distance), { components: 3, covariance, floor: 0, seed });
        expect(status).toBe('converged');
      }
    }
  });
});

describe.each(['full', 'tied'] as const)('%s covariances', (covariance) => {
  it('of nearly collinear columns come out in float32 as in float64', async () => {
    for (const share of [0.1, 0.05, 0.03, 0.02, 0.01, 3e-3, 1e-3, 1e-4]) {
      const random = generator(key(1));
      const rows = Array.from({ length: 2000 }, (_, n) => {
        const [a, b] = [random.normal() + (n % 2) * 4, random.normal()];
        return [a, b, a + b + share * random.normal()];
      });
      for (const components of [1, 2]) {
        const options = { components, covariance, floor: 0 };
        const due = await fit(rows, options);
        for (const backend of backends) {
          const came = await fit(rows, { ...options, executor: inline(backend) });
          expect(came.status).toBe('converged');
          const own = came.model.evaluate(rows).logLikelihood;
          expect(Math.abs(own - due.logLikelihood) / rows.length).toBeLessThan(1e-4);
          expect(Math.abs(came.logLikelihood - due.logLikelihood) / rows.length).toBeLessThan(1e-4);
        }
      }
    }
  });
});

it('a fit says when float64 stood in for a float32 backend', async () => {
  for (const backend of backends) {
    const message = async (distance: number): Promise<string> =>
      (await fit(farBlobs(distance), { components: 3, executor: inline(backend), floor: 0 })).message;
    expect(await message(10)).not.toMatch(/float32/);
    expect(await message(2e4)).toMatch(
      /too narrow for float32, so float64 was used, which is slower \(a higher floor avoids it\)$/,
    );
  }
});

it('rows that float32 would blur are seen as they are by the float64 that stands in for it', async () => {
  const x = farBlobs(1e6);
  const options = { components: 3, covariance: 'full', floor: 0 } as const;
  const due = await fit(x, options);
  for (const backend of backends) {
    const came = await fit(x, { ...options, executor: inline(backend) });
    expect(came.status).toBe('converged');
    expect(Math.abs(came.logLikelihood - due.logLikelihood) / x.rows).toBeLessThan(1e-6);
  }
});
