import { expect, test } from 'vitest';
import { noGainYet, stalled } from './stalled.ts';

const rule = { least: 0.01, window: 5 };

function stepsUntilStop(objectives: (step: number) => number): number {
  let mark = noGainYet;
  for (let step = 0; step < 100; step++) {
    const next = stalled(mark, step, objectives(step), rule);
    if (next.stop) return step;
    mark = next.mark;
  }
  return Number.POSITIVE_INFINITY;
}

test('an objective that stands still is stalled after one window', () => {
  expect(stepsUntilStop(() => -3)).toBe(5);
});

test('an objective that gains enough over the window goes on, though each single gain is small', () => {
  expect(stepsUntilStop((step) => 0.003 * step)).toBe(Number.POSITIVE_INFINITY);
});

test('a passing fall does not stop a run that rises again within the window', () => {
  expect(stepsUntilStop((step) => (step % 4 === 1 ? -100 : step))).toBe(Number.POSITIVE_INFINITY);
});
