import type { Matrix } from '@mixtention/core';
import { generator, key, permutation } from '@mixtention/core/numeric';
import { type FitOptions, faithful } from '@mixtention/mixture';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blobs, pick } from '../testing/data.ts';
import { expectRelative } from '../testing/expect-relative.ts';
import { fit } from './fit.ts';

const COVARIANCES = ['full', 'tied', 'diagonal', 'spherical'] as const;
const start = {
  weights: [0.5, 0.3, 0.2],
  means: [
    [-1, 2],
    [4, 0],
    [0, -3],
  ],
} as const;
const fixed = { components: 3, start, maxIterations: 20, tolerance: 0 } as const;

/** Runs of a claim on whole fits, of ten starts each, twice. */
const WITH_STARTS = 20;

type Case = { readonly x: Matrix; readonly covariance: (typeof COVARIANCES)[number]; readonly seed: number };

/** Checks a claim on random data sets, covariance shapes and seeds. */
async function holds(check: (given: Case) => Promise<void>, runs = 80): Promise<void> {
  const seeds = fc.integer({ min: 0, max: 1000 });
  const given = fc.record({ data: seeds, covariance: fc.constantFrom(...COVARIANCES), seed: seeds });
  const property = fc.asyncProperty(given, ({ data, covariance, seed }) =>
    check({ x: blobs(60, 3, 2, { seed: data, spread: 3 }), covariance, seed }),
  );
  await fc.assert(property, { numRuns: runs, seed: 20 });
}

it('the log-likelihood never falls by more than 1e-12 of its size', () =>
  holds(async ({ x, covariance, seed }) => {
    const { trace, status } = await fit(x, {
      components: 3,
      covariance,
      seed,
      start: 'random',
      screen: 0,
      maxIterations: 100,
      tolerance: 0,
    });
    for (let i = 1; i < trace.length; i++) {
      const [before, after] = [trace[i - 1]!.logLikelihood, trace[i]!.logLikelihood];
      expect(after - before).toBeGreaterThanOrEqual(-1e-12 * Math.max(Math.abs(before), 120));
    }
    expect(status).not.toBe('diverged');
  }));

it('rows in another order give the same fit', () =>
  holds(async ({ x, covariance, seed }) => {
    const order = [...permutation(generator(key(seed)), x.rows)];
    await expectSame(x, pick(x, order), { ...fixed, covariance }, 1e-10);
  }));

it('start components in another order give the same fit', () =>
  holds(async ({ x, covariance }) => {
    const turned = {
      weights: [0.2, 0.5, 0.3],
      means: [
        [0, -3],
        [-1, 2],
        [4, 0],
      ],
    };
    const [a, b] = await Promise.all([start, turned].map((start) => fit(x, { ...fixed, covariance, start })));
    expectRelative([a!.logLikelihood], [b!.logLikelihood], 1e-12);
    expectRelative(a!.model.means.data, b!.model.means.data, 1e-10);
  }));

it('repeated rows are integer weights', () =>
  holds(async ({ x, covariance, seed }) => {
    const random = generator(key(seed));
    const weights = Array.from({ length: x.rows }, () => 1 + random.integer(3));
    const repeated = pick(
      x,
      weights.flatMap((w, n) => Array<number>(w).fill(n)),
    );
    const [a, b] = await Promise.all([
      fit(x, { ...fixed, covariance, weights }),
      fit(repeated, { ...fixed, covariance }),
    ]);
    expectRelative([a.logLikelihood, a.bic, a.icl], [b.logLikelihood, b.bic, b.icl], 1e-11);
    expectRelative(a.model.means.data, b.model.means.data, 1e-10);
    expect(a.weight).toBe(b.rows);
  }));

it('weights that are all scaled give the same parameters', () =>
  holds(async ({ x, covariance }) => {
    const [a, b] = await Promise.all([
      fit(x, { ...fixed, covariance }),
      fit(x, { ...fixed, covariance, weights: Array<number>(60).fill(8) }),
    ]);
    expectRelative([8 * a.logLikelihood], [b.logLikelihood], 1e-12);
    expectRelative(a.model.means.data, b.model.means.data, 1e-12);
  }));

it('a row of weight 0 is a row removed, also for the choice of starts', () =>
  holds(async ({ x, covariance, seed }) => {
    const random = generator(key(seed));
    const weights = Array.from({ length: x.rows }, () => (random.uniform() < 0.3 ? 0 : 1));
    const kept = weights.flatMap((w, n) => (w === 0 ? [] : [n]));
    const options = { components: 3, covariance, seed, maxIterations: 20 } as const;
    const [a, b] = await Promise.all([fit(x, { ...options, weights }), fit(pick(x, kept), options)]);
    expectRelative([a.logLikelihood, a.bic, a.icl], [b.logLikelihood, b.bic, b.icl], 1e-9);
    expectRelative(a.model.means.data, b.model.means.data, 1e-8);
  }, WITH_STARTS));

it('the size of shards changes nothing but rounding', () =>
  holds(async ({ x, covariance, seed }) => {
    const shardRows = 1 + (seed % 30);
    const [a, b] = await Promise.all([fit(x, { ...fixed, covariance }), fit(x, { ...fixed, covariance, shardRows })]);
    expectRelative([a.logLikelihood], [b.logLikelihood], 1e-10);
    expectRelative(a.model.means.data, b.model.means.data, 1e-10);
  }));

it('an affine map of data and start maps means and covariances and shifts the log-likelihood', () =>
  holds(async ({ x, seed }) => {
    const random = generator(key(seed));
    const A = [1 + random.uniform(), random.normal(), 0.5 * random.normal(), -1 - random.uniform()] as const;
    const det = Math.abs(A[0] * A[3] - A[1] * A[2]);
    fc.pre(det > 0.1);
    const map = ([u, v]: readonly [number, number]): [number, number] => [
      A[0] * u + A[1] * v + 7,
      A[2] * u + A[3] * v - 3,
    ];
    const rows = Array.from({ length: x.rows }, (_, n) => map([x.data[2 * n]!, x.data[2 * n + 1]!]));
    const covariances = [0, 1, 2].map(() => [
      [4, 1],
      [1, 3],
    ]);
    const [a, b] = await Promise.all([
      fit(x, { ...fixed, floor: 0, start: { ...start, covariances } }),
      fit(rows, {
        ...fixed,
        floor: 0,
        start: {
          weights: start.weights,
          means: start.means.map((m) => map([m[0], m[1]])),
          covariances: covariances.map((c) => congruence(A, c.flat())),
        },
      }),
    ]);
    expectRelative([b.logLikelihood], [a.logLikelihood - x.rows * Math.log(det)], 1e-8);
    expectRelative(
      b.model.means.data,
      [0, 1, 2].flatMap((k) => map([a.model.means.data[2 * k]!, a.model.means.data[2 * k + 1]!])),
      1e-8,
    );
    for (const k of [0, 1, 2])
      expectRelative(b.model.covariances![k]!.data, congruence(A, a.model.covariances![k]!.data).flat(), 1e-8);
  }));

it('a shift by 100 changes nothing but the means', () =>
  holds(async ({ x, covariance, seed }) => {
    const shifted = { ...x, data: x.data.map((v) => v + 100) } as Matrix;
    // Rounding may decide at which step one has converged: neither may.
    const options = { components: 3, covariance, seed, maxIterations: 20, tolerance: 0 } as const;
    const [a, b] = await Promise.all([fit(x, options), fit(shifted, options)]);
    expectRelative([a.logLikelihood], [b.logLikelihood], 1e-8);
    expectRelative(
      a.model.means.data.map((m) => m + 100),
      b.model.means.data,
      1e-8,
    );
  }, WITH_STARTS));

it('a fit that starts at its answer stays there', async () => {
  for (const covariance of COVARIANCES) {
    const first = await fit(faithful(), { components: 2, covariance, tolerance: 0, maxIterations: 5000 });
    const again = await fit(faithful(), { components: 2, covariance, start: first.model });
    // What is left to gain is estimated from some gains.
    expect(again.iterations).toBeLessThanOrEqual(8);
    expectRelative([again.logLikelihood], [first.logLikelihood], 1e-12);
    expectRelative(again.model.means.data, first.model.means.data, 1e-8);
  }
});

it('weights sum to 1 and responsibilities of every row sum to 1', () =>
  holds(async ({ x, covariance, seed }) => {
    const { model } = await fit(x, { components: 4, covariance, seed, screen: 0, maxIterations: 10 });
    expect(model.weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const { data } = model.responsibilities(x);
    for (let n = 0; n < x.rows; n++) {
      const own = Array.from(data.subarray(4 * n, 4 * n + 4));
      expect(Math.abs(own.reduce((a: number, b: number) => a + b) - 1)).toBeLessThanOrEqual(4 * Number.EPSILON);
      expect(own.every((r) => r >= 0 && r <= 1)).toBe(true);
    }
  }));

it('the same seed gives the same bits, another seed another start', async () => {
  const options: FitOptions = { components: 3, start: 'random', maxIterations: 2 };
  const [a, b, c] = await Promise.all([7, 7, 8].map((seed) => fit(faithful(), { ...options, seed })));
  expect(a!.model.toJSON()).toEqual(b!.model.toJSON());
  expect(a!.logLikelihood).not.toBe(c!.logLikelihood);
});

async function expectSame(x: Matrix, y: Matrix, options: FitOptions, tolerance: number): Promise<void> {
  const [a, b] = await Promise.all([fit(x, options), fit(y, options)]);
  expectRelative([a.logLikelihood], [b.logLikelihood], tolerance);
  expectRelative(a.model.weights, b.model.weights, tolerance);
  expectRelative(a.model.means.data, b.model.means.data, tolerance);
}

/** A Σ Aᵀ in two dimensions. */
function congruence(A: readonly [number, number, number, number], c: ArrayLike<number>): number[][] {
  const half = [0, 1].map((i) => [0, 1].map((j) => A[2 * i]! * c[j]! + A[2 * i + 1]! * c[2 + j]!));
  return half.map((row) => [0, 1].map((j) => row[0]! * A[2 * j]! + row[1]! * A[2 * j + 1]!));
}
