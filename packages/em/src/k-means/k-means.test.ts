import { inline, type MixtentionError } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { faithful } from '@mixtention/mixture';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blobs, pick } from '../testing/data.ts';
import { expectRelative } from '../testing/expect-relative.ts';
import { kMeans } from './fit-k-means.ts';

it('k-means finds the best of all partitions of few rows', async () => {
  const x = blobs(10, 2, 2, { spread: 4, seed: 3 });
  const { inertia } = await kMeans(x, { components: 2, restarts: 20 });
  const all = Array.from({ length: 2 ** 9 - 1 }, (_, z) => within(x.data, x.rows, (n) => ((z + 1) >> n) & 1));
  expect(inertia).toBeCloseTo(Math.min(...all), 9);
});

it('the inertia never rises, and the last labels make the centres', async () => {
  const seeds = fc.integer({ min: 0, max: 1e6 });
  const property = fc.asyncProperty(seeds, fc.integer({ min: 1, max: 6 }), async (seed, components) => {
    const x = blobs(50, 3, 2, { seed, spread: 3 });
    const { trace, status, labels, centers, inertia, counts } = await kMeans(x, { components, seed });
    for (let i = 1; i < trace.length; i++)
      expect(trace[i]!.inertia).toBeLessThanOrEqual(trace[i - 1]!.inertia * (1 + 1e-12));
    expect(status).toBe('converged');
    for (let k = 0; k < components; k++) {
      const own = Array.from(labels.keys()).filter((n) => labels[n] === k);
      expect(own).toHaveLength(counts[k]!);
      const mean = [0, 1].map((d) => own.reduce((sum, n) => sum + x.data[2 * n + d]!, 0) / own.length);
      expectRelative(centers.data.subarray(2 * k, 2 * k + 2), mean, 1e-12);
    }
    expect(inertia).toBeCloseTo(
      within(x.data, x.rows, (n) => labels[n]!),
      8,
    );
  });
  await fc.assert(property, { numRuns: 200, seed: 4 });
});

it('centres of a fit that began in float32 and has converged are the means of their rows in float64', async () => {
  const random = generator(key(2));
  const x = { data: Float64Array.from({ length: 6000 }, () => random.uniform()), rows: 3000, cols: 2 };
  for (const backend of await availableBackends(['native', 'wasm'])) {
    const options = { components: 5, seed: 1, executor: inline(backend) };
    const { status, labels, centers, precision } = await kMeans(x, options);
    expect([status, precision]).toEqual(['converged', { began: 'float32', ended: 'float64' }]);
    for (let k = 0; k < 5; k++) {
      const own = Array.from(labels.keys()).filter((n) => labels[n] === k);
      const mean = [0, 1].map((d) => own.reduce((sum, n) => sum + x.data[2 * n + d]!, 0) / own.length);
      expectRelative(centers.data.subarray(2 * k, 2 * k + 2), mean, 1e-12);
    }
    const rough = await kMeans(x, { ...options, precision: 'float32' });
    expect(rough.status).toBe('stopped');
    expect(rough.message).toMatch(/^the centres repeat; that was seen in float32/);
  }
});

it('rows far from the origin keep their distances', async () => {
  const x = blobs(100, 2, 2);
  const [near, far] = await Promise.all(
    [0, 1e8].map((by) => kMeans({ ...x, data: x.data.map((v) => v + by) }, { components: 2 })),
  );
  expectRelative([far!.inertia], [near!.inertia], 1e-7);
  expect(far!.labels).toEqual(near!.labels);
});

it('integer weights are repeated rows, and weight 0 removes a row', async () => {
  const x = faithful();
  const weights = Array.from({ length: x.rows }, (_, n) => n % 3);
  const start = [
    [2, 54],
    [4.3, 80],
  ];
  const repeated = pick(
    x,
    weights.flatMap((w, n) => Array<number>(w).fill(n)),
  );
  const [a, b] = await Promise.all([
    kMeans(x, { components: 2, weights, start }),
    kMeans(repeated, { components: 2, start }),
  ]);
  expectRelative([a.inertia], [b.inertia], 1e-12);
  expectRelative(a.centers.data, b.centers.data, 1e-12);
});

it('surplus centres of identical rows are empty and reported', async () => {
  const { status, degenerate, counts, inertia } = await kMeans(
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
    { components: 2 },
  );
  expect(status).toBe('degenerate');
  expect(degenerate).toEqual([1]);
  expect([...counts]).toEqual([3, 0]);
  expect(inertia).toBe(0);
});

it('one centre is the mean, and as many as rows leave nothing', async () => {
  const x = [
    [0, 0],
    [2, 4],
    [4, 2],
  ];
  const one = await kMeans(x, { components: 1 });
  expectRelative(one.centers.data, [2, 2], 1e-15);
  expect(one.inertia).toBeCloseTo(16, 12);
  expect((await kMeans(x, { components: 3 })).inertia).toBeCloseTo(0, 12);
});

it('an inertia that is nothing beside the squares of the rows keeps its digits, on every backend', async () => {
  // Pairs of rows 2^-20 apart about centres 1 and 3 from 0: J is 2·(2^-21)² a pair, exactly; squares of the rows sum to 1e13 times that.
  const data = Float64Array.from({ length: 400 }, (_, i) => {
    const [pair, column] = [Math.floor(i / 4), i % 2];
    return (pair % 2 === 0 ? 1 : -3) + (column === 0 ? ((i >> 1) % 2) * 2 ** -20 : 0);
  });
  const x = { data, rows: 200, cols: 2 };
  const due = 100 * 2 * 2 ** -42;
  for (const backend of await availableBackends(['plain', 'native', 'wasm'])) {
    const { inertia, trace, status } = await kMeans(x, { components: 2, executor: inline(backend) });
    expect(Math.abs(inertia / due - 1), backend.name).toBeLessThan(1e-7);
    expect(trace.at(-1)!.inertia).toBe(inertia);
    expect(status).toBe('converged');
  }
});

it('a model assigns new rows to the nearest centre', async () => {
  const { model, centers } = await kMeans([[0], [1], [10], [11], [12]], { components: 2 });
  expectRelative(centers.data, [11, 0.5], 1e-14);
  expect([...model.predict([[-5], [100], [5.8]])]).toEqual([1, 0, 0]);
  expect(() => model.predict([[1, 2]])).toThrow('2 columns');
});

it.each([
  [{ components: 4 }, 'BAD_OPTION', /4 components were asked of 3 rows/],
  [{ components: 2, start: 'k-means' }, 'UNKNOWN_NAME', /unknown start "k-means"/],
  [{ components: 2, start: [[1, 2]] }, 'BAD_SHAPE', /the start has 1 centre, 2 components/],
  [{ components: 2, restart: 1 }, 'BAD_OPTION', /did you mean "restarts"/],
])('options %j are refused in one sentence', async (options, code, message) => {
  const error = (await kMeans(
    [
      [0, 0],
      [1, 1],
      [2, 5],
    ],
    options as never,
  ).catch((e: unknown) => e)) as MixtentionError;
  expect(error.message).toMatch(message);
  expect(error.code).toBe(code);
});

/** Sum of squared distances from the means of the parts, two columns. */
function within(data: ArrayLike<number>, rows: number, part: (n: number) => number): number {
  const parts = new Map<number, number[]>();
  for (let n = 0; n < rows; n++) parts.set(part(n), [...(parts.get(part(n)) ?? []), n]);
  let sum = 0;
  for (const own of parts.values()) {
    for (const d of [0, 1]) {
      const mean = own.reduce((total, n) => total + data[2 * n + d]!, 0) / own.length;
      for (const n of own) sum += (data[2 * n + d]! - mean) ** 2;
    }
  }
  return sum;
}

it('far pairs of clusters are told apart in float32 as in float64, and J is theirs', async () => {
  for (const distance of [1e3, 1e4, 1e5]) {
    const random = generator(key(1));
    // Four blobs of deviation 1: two pairs that lie far apart, 8 within a pair.
    const rows = Array.from({ length: 2000 }, (_, n) => {
      const [far, near] = [(n >> 1) % 2, n % 2];
      return [far * distance + random.normal(), near * 8 + far * distance + random.normal()];
    });
    const start = [
      [0, 0],
      [0, 8],
      [distance, distance],
      [distance, distance + 8],
    ];
    const due = await kMeans(rows, { components: 4, start });
    for (const backend of await availableBackends(['native', 'wasm'])) {
      const came = await kMeans(rows, { components: 4, start, executor: inline(backend) });
      expect(came.status).toBe('converged');
      expect(Math.abs(came.inertia / due.inertia - 1)).toBeLessThan(1e-3);
      expectRelative(came.centers.data, due.centers.data, 1e-6);
    }
  }
});
