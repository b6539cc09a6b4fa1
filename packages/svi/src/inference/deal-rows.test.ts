import { key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { rowDealer } from './deal-rows.ts';

const dealt = (seed: number, size: number, count: number, step: number): number[] => {
  const rows = new Int32Array(count);
  rowDealer(key(seed), size, count)(step, rows);
  return Array.from(rows);
};

test('an epoch sees each row once at most, and all of them where minibatches divide them', () => {
  for (const [size, count] of [
    [12, 4],
    [100, 7],
    [5, 5],
  ] as const) {
    const deal = rowDealer(key(3), size, count);
    const steps = Math.floor(size / count);
    for (let epoch = 0; epoch < 140; epoch++) {
      const seen = Array.from({ length: steps }, (_, t) => {
        const rows = new Int32Array(count);
        deal(epoch * steps + t, rows);
        return Array.from(rows);
      }).flat();
      expect(new Set(seen).size).toBe(steps * count);
      expect(seen.every((row) => row >= 0 && row < size)).toBe(true);
    }
  }
});

test('what a step gets follows from key and step alone', () => {
  const deal = rowDealer(key(1), 50, 8);
  const rows = new Int32Array(8);
  for (const step of [0, 1, 5, 6, 90, 200, 400, 900, 7, 3]) {
    deal(step, rows);
    expect(Array.from(rows)).toEqual(dealt(1, 50, 8, step));
  }
  expect(dealt(2, 50, 8, 0)).not.toEqual(dealt(1, 50, 8, 0));
});

test.each([0, 3, 4, 230])('in step %i all rows are as likely, and all pairs', (step) => {
  const [size, count, runs] = [7, 2, 4200];
  const pairs = new Map<string, number>();
  for (let seed = 0; seed < runs; seed++) {
    const pair = dealt(seed, size, count, step).join();
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  // χ² with 41 degrees of freedom: beyond 80 once in 4,000.
  const due = runs / 42;
  const chi = Array.from(pairs.values()).reduce((total, n) => total + (n - due) ** 2 / due, (42 - pairs.size) * due);
  expect(chi).toBeLessThan(80);
});

test('rows that are put in order are those that would be looked up', () => {
  for (const [size, count] of [
    [50, 8],
    [9, 2],
  ] as const) {
    const members = Array.from({ length: size }, (_, i) => i);
    const deal = rowDealer(key(1), size, count, (i, j) => {
      [members[i], members[j]] = [members[j]!, members[i]!];
    });
    const rows = new Int32Array(count);
    for (const step of [0, 1, 2, 3, 40, 97, 98, 600, 601, 900, 5, 6, 300, 2]) {
      deal(step, rows);
      expect(Array.from(rows, (at) => members[at])).toEqual(dealt(1, size, count, step));
    }
  }
});
