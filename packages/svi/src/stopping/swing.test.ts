import { expect, test } from 'vitest';
import { noSwing, watchSwing } from './swing.ts';

/** Step, width and what is left at the end of each window. */
function windows(objective: (step: number) => number, steps: number): { step: number; width: number; left: number }[] {
  const ends: { step: number; width: number; left: number }[] = [];
  let swing = noSwing;
  for (let step = 0; step < steps; step++) {
    const next = watchSwing(swing, objective(step), 11);
    if (next.width < Number.POSITIVE_INFINITY) ends.push({ step, width: next.width, left: next.left });
    swing = next.swing;
  }
  return ends;
}

test('what is left of a gain that dies away is told exactly, however slow it is', () => {
  for (const rate of [0.9, 0.999]) {
    const last = windows((step) => -(rate ** step), 200).at(-1)!;
    expect(last.left / rate ** last.step).toBeCloseTo(1, 9);
  }
});

test('an objective that swings has as much left as its swings, not what a turning point shows', () => {
  for (const { step, left } of windows((t) => Math.exp(-t / 50) * Math.cos(2 * t), 300).slice(2))
    expect(left).toBeGreaterThan(0.5 * Math.exp(-step / 50));
});

test('an objective that is constant has no width, one that goes on as before leaves more than can be told', () => {
  expect(windows(() => -3, 30).map(({ width }) => width)).toEqual([0, 0]);
  expect(windows((t) => 0.003 * t, 100).at(-1)!.left).toBeGreaterThan(1e6);
  expect(windows(() => Number.NaN, 100)).toEqual([]);
});
