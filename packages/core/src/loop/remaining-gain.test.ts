import { expect, test } from 'vitest';
import { remainingGain } from './remaining-gain.ts';

/** Objectives that modes of these heights and rates are still missing from 0. */
function dying(modes: readonly (readonly [height: number, rate: number])[], steps: number): number[] {
  return Array.from({ length: steps }, (_, t) => -modes.reduce((sum, [height, rate]) => sum + height * rate ** t, 0));
}

test('of a gain that dies away at one rate the rest is that of a geometric series', () => {
  for (const rate of [0.01, 0.5, 0.9, 0.999]) {
    const objectives = dying([[3, rate]], 8);
    const told = remainingGain(objectives, 1e-15);
    expect(told.gain / -objectives.at(-1)!).toBeCloseTo(1, 6);
    expect(told.rate).toBeCloseTo(rate, 9);
  }
});

test('a slow mode is seen behind a fast one before that has died away', () => {
  const objectives = dying(
    [
      [1, 0.35],
      [1e-5, 0.9996],
    ],
    14,
  );
  const left = -objectives.at(-1)!;
  const [a, b, c] = objectives.slice(-3) as [number, number, number];
  const byOneMode = (c - b) ** 2 / (b - a - (c - b));
  expect(byOneMode / left).toBeLessThan(0.2);
  expect(remainingGain(objectives, 1e-15).gain / left).toBeCloseTo(1, 3);
});

test('gains that do not die away leave more than can be told, and so do too few of them', () => {
  expect(remainingGain([0, 1, 2, 3, 4], 0).gain).toBe(Number.POSITIVE_INFINITY);
  expect(remainingGain([0, 4, 5, 5.1, 5.3], 0).gain).toBe(Number.POSITIVE_INFINITY);
  expect(remainingGain([0, 4, 5, 4.9, 4.95], 0).gain).toBe(Number.POSITIVE_INFINITY);
  expect(remainingGain([0, 4, 6, 7], 0).gain).toBe(Number.POSITIVE_INFINITY);
});
