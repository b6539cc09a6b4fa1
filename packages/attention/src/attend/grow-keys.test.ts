import { describe, expect, test } from 'vitest';
import { draws } from '../testing/draws.ts';
import { type GrowKeysOptions, growKeys } from './grow-keys.ts';

const [K, D, N] = [4, 24, 120];
const random = draws(17);
const centers = Array.from({ length: K }, () => [...random.bits(D)].map(Number));
const noise = random.uniform(N, D, 0, 1).data;
const rows = Array.from({ length: N }, (_, n) =>
  centers[(n * 7) % K]!.map((bit, d) => (noise[n * D + d]! < 0.05 ? 1 - bit : bit)),
);

/** The prediction rule of a Pitman–Yor process, table by table: n_k − δ or α + δK, times a Beta–Bernoulli predictive of every cell. */
function restaurant({ concentration: alpha, discount: delta = 0, a = 1, b = 1 }: GrowKeysOptions) {
  const tables: number[][] = [];
  const told = rows.map((row, n) => {
    const weigh = (members: readonly number[], prior: number): number =>
      row.reduce((product, cell, d) => {
        const ones = members.reduce((sum, m) => sum + rows[m]![d]!, 0);
        const chance = (a + ones) / (a + b + members.length);
        return product * (cell === 1 ? chance : 1 - chance);
      }, prior);
    const weights = [
      ...tables.map((members) => weigh(members, members.length - delta)),
      weigh([], alpha + delta * tables.length),
    ];
    const best = weights.indexOf(Math.max(...weights));
    const share = weights.at(-1)! / weights.reduce((sum, w) => sum + w, 0);
    if (best === tables.length) tables.push([]);
    tables[best]!.push(n);
    return { best, share };
  });
  return { tables, told };
}

describe.each<GrowKeysOptions>([
  { concentration: 1 },
  { concentration: 0.1, a: 0.5, b: 2 },
  { concentration: 0.5, discount: 0.3 },
])('growing keys under %j', (options) => {
  const { keys, labels, nullShare } = growKeys(rows, null, options);

  test('is the restaurant, table by table', () => {
    const { tables, told } = restaurant(options);
    expect([...labels]).toEqual(told.map(({ best }) => best));
    told.forEach(({ share }, n) => void expect(nullShare[n]).toBeCloseTo(share, 11));
    expect([...keys.counts]).toEqual(tables.map((members) => members.length));
    tables.forEach((members, k) => {
      const sums = Array.from({ length: D }, (_, d) => members.reduce((sum, m) => sum + rows[m]![d]!, 0));
      expect([...keys.sums.subarray(k * D, (k + 1) * D)]).toEqual(sums);
    });
  });

  test('goes on from where it was', () => {
    const half = growKeys(rows.slice(0, 50), null, options);
    const rest = growKeys(rows.slice(50), half.keys, options);
    expect(rest.keys).toEqual(keys);
    expect([...half.labels, ...rest.labels]).toEqual([...labels]);
  });
});

test('planted patterns get a key each, and a foreign row would begin one', () => {
  // Pattern k is on in the k-th six of 24 pixels; one in twenty pixels is wrong.
  const planted = rows.map((_, n) =>
    Array.from({ length: D }, (_, d) => {
      const bit = Number(Math.floor(d / 6) === (n * 7) % K);
      return noise[n * D + d]! < 0.05 ? 1 - bit : bit;
    }),
  );
  const options = { concentration: 1, a: 0.3, b: 0.3 };
  const { keys, labels, nullShare } = growKeys(planted, null, options);
  expect(keys.counts.length).toBe(K);
  for (let n = K; n < N; n++) expect(labels[n]).toBe(labels[n - K]);
  const foreign = Array.from({ length: D }, (_, d) => d % 2);
  expect(growKeys([foreign], keys, options).nullShare[0]).toBeGreaterThan(0.9);
  expect(Math.max(...nullShare.subarray(N / 2))).toBeLessThan(0.01);
});

test.each([
  [{ concentration: 0 }, 'the concentration is 0'],
  [{ concentration: 1, discount: 1 }, 'the discount is 1'],
  [{ concentration: 1, a: 0 }, 'the prior is Beta(0, 1)'],
])('%j is refused in one sentence', (options, sentence) => {
  expect(() => growKeys(rows, null, options)).toThrow(sentence);
  expect(() => growKeys([[0.5]], null, { concentration: 1 })).toThrow();
  const { keys } = growKeys([[1, 0]], null, { concentration: 1 });
  expect(() => growKeys([[1]], keys, { concentration: 1 })).toThrow('the rows have 1 column,');
});
