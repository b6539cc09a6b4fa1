import { matrix } from '@mixtention/core';
import { generator, key, split } from '@mixtention/core/numeric';
import { faithful } from '@mixtention/mixture';
import { describe, expect, it } from 'vitest';
import { kMeans } from '../k-means/fit-k-means.ts';
import { fit } from './fit.ts';

const normals = (...labels: (string | number)[]): (() => number) => {
  const random = generator(split(key(0), ...labels));
  return () => random.normal();
};

describe('weights choose starts', () => {
  it('two far rows of little weight get no centre of their own', async () => {
    const weights = [4000, 4000, 4000, 4000, 1, 1];
    const x = [[1], [1], [5], [5], [100], [100]];
    // Centres 1 and 5 with the far rows; a centre for the far rows costs 64,000.
    const due = (8000 * 2 * 95 ** 2) / 8002;
    expect((await kMeans(x, { components: 2, weights, restarts: 20 })).inertia).toBeCloseTo(due, 6);
    const tiny = [1e8, 1e8, 1e8, 1e8, 1e-8, 1e-8];
    expect((await kMeans(x, { components: 2, weights: tiny, restarts: 10 })).inertia / (2e-8 * 95 ** 2)).toBeCloseTo(
      1,
      2,
    );
  });

  it('a mixture finds two heavy groups beside many light far rows', async () => {
    const normal = normals('light');
    const rows = Array.from({ length: 240 }, (_, i) => [
      i < 100 ? normal() : i < 200 ? 6 + normal() : 200 + 30 * normal(),
    ]);
    const weights = rows.map((_, i) => (i < 200 ? 100 : 1e-3));
    const given = await fit(rows, { components: 2, weights, start: { means: [[0], [6]] } });
    const found = await fit(rows, { components: 2, weights });
    expect(found.logLikelihood).toBeGreaterThan(given.logLikelihood - 1e-2);
  });
});

describe('far rows', () => {
  const withFar = (far: number): number[][] => {
    const normal = normals('far');
    return [...Array.from({ length: 200 }, (_, i) => [normal() + (i % 2 ? 6 : 0), normal()]), [far, 0]];
  };

  it.each([300, 1e5])(
    'one row at %d spoils no start: the two groups beside it are found by every method',
    async (far) => {
      for (const start of ['k-means++', 'random'] as const) {
        const { model } = await fit(withFar(far), { components: 3, start });
        const means = Array.from({ length: 3 }, (_, k) => model.means.data[2 * k]!).sort((a, b) => a - b);
        expect(Math.abs(means[0]!)).toBeLessThan(0.5);
        expect(Math.abs(means[1]! - 6)).toBeLessThan(0.5);
        expect(means[2]! / far).toBeCloseTo(1, 2);
      }
    },
  );
});

describe('short runs', () => {
  it('are never worse than single starts on Old Faithful with three components, and find its best optimum more often', async () => {
    const best = -1114.44;
    const seeds = Array.from({ length: 12 }, (_, seed) => seed);
    const fits = (screen: number): Promise<number[]> =>
      Promise.all(seeds.map(async (seed) => (await fit(faithful(), { components: 3, seed, screen })).logLikelihood));
    const [screened, single] = [await fits(10), await fits(0)];
    for (const seed of seeds) expect(screened[seed]!).toBeGreaterThan(single[seed]! - 1e-3);
    const found = (all: readonly number[]): number => all.filter((l) => l > best - 1e-2).length;
    expect(found(screened)).toBeGreaterThan(found(single));
    expect(Math.max(...screened)).toBeCloseTo(best, 3);
  });

  it('say how many there were and which went to the end; with screen 0, given starts and one component there are none', async () => {
    const { screening, restarts } = await fit(faithful(), { components: 2, restarts: 2, screen: 5 });
    expect(screening).toMatchObject({ starts: 5, rows: 272 });
    expect(screening!.kept).toHaveLength(2);
    expect(restarts).toHaveLength(2);
    const means = [
      [2, 55],
      [4, 80],
    ];
    for (const options of [{ components: 2, screen: 0 }, { components: 2, start: { means } }, { components: 1 }])
      expect((await fit(faithful(), options)).screening).toBeNull();
  });

  it('look at 10,000 rows of a large table, and all of it is fitted from there', async () => {
    const normal = normals('large');
    const data = Float64Array.from({ length: 30_000 }, (_, n) => normal() + (n % 3) * 8);
    let short = Number.NaN;
    const { screening, rows, model, logLikelihood } = await fit(
      { data, rows: 30_000, cols: 1 },
      { components: 3, onStep: (step) => void (step.phase === 'screen' && (short = step.logLikelihood)) },
    );
    expect([screening!.rows, rows]).toEqual([10_000, 30_000]);
    // Of the rows that they look at, in the user's units.
    expect(Math.abs(short / 10_000 - logLikelihood / 30_000)).toBeLessThan(0.05);
    expect([...model.means.data].sort((a, b) => a - b).map((m) => Math.round(m) + 0)).toEqual([0, 8, 16]);
  });

  it('a start that ends degenerate is followed by the next one', async () => {
    const x = matrix([
      [1, 2],
      [1, 4],
      [1, 0],
      [10, 2],
      [10, 4],
      [10, 0],
    ]);
    const { screening, logLikelihood } = await fit(x, { components: 2 });
    const all = await fit(x, { components: 2, screen: 0, restarts: 10 });
    expect(screening!.kept.length).toBeGreaterThan(1);
    expect(logLikelihood).toBeGreaterThanOrEqual(all.logLikelihood - 1e-9);
  });
});
