import { expect, test } from 'vitest';
import { noMark, standstill } from './standstill.ts';

function stepsUntilStill(objective: (step: number) => number): number {
  let mark = noMark;
  for (let step = 0; step < 1000; step++) {
    const next = standstill(mark, step, objective(step), { band: 0.01, window: 5 });
    if (next.still) return step;
    mark = next.mark;
  }
  return Number.POSITIVE_INFINITY;
}

test('a constant objective stands still after one window', () => {
  expect(stepsUntilStill(() => -3)).toBe(5);
});

test('an objective that gains enough over the window goes on, though each single gain is small', () => {
  expect(stepsUntilStill((step) => 0.003 * step)).toBe(Number.POSITIVE_INFINITY);
});

test('an objective that swings ends when its swings are smaller than the band, not at a turning point', () => {
  const still = stepsUntilStill((step) => Math.exp(-step / 50) * Math.cos(2 * step));
  expect(Math.exp(-still / 50)).toBeLessThan(0.02);
});

test('an objective that is no number never stands still', () => {
  expect(stepsUntilStill(() => Number.NaN)).toBe(Number.POSITIVE_INFINITY);
});
