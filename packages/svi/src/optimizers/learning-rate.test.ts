import { expect, test } from 'vitest';
import { learningRateAt } from './learning-rate.ts';

test('a constant learning rate is the same at every step', () => {
  expect([0, 7, 1e6].map((t) => learningRateAt(0.3, t))).toEqual([0.3, 0.3, 0.3]);
});

test('the exponential schedule multiplies by its factor once every so many steps', () => {
  const rate = { schedule: 'exponential', start: 0.2, factor: 0.5, every: 10 } as const;
  expect(learningRateAt(rate, 0)).toBe(0.2);
  expect(learningRateAt(rate, 10)).toBeCloseTo(0.1, 12);
  expect(learningRateAt(rate, 25)).toBeCloseTo((0.2 * Math.SQRT1_2) / 4, 12);
});

test('the cosine schedule goes from start through the middle to end, and stays there', () => {
  const rate = { schedule: 'cosine', start: 0.4, steps: 100, end: 0.1 } as const;
  expect(learningRateAt(rate, 0)).toBeCloseTo(0.4, 12);
  expect(learningRateAt(rate, 50)).toBeCloseTo(0.25, 12);
  expect(learningRateAt(rate, 100)).toBeCloseTo(0.1, 12);
  expect(learningRateAt(rate, 900)).toBeCloseTo(0.1, 12);
});
