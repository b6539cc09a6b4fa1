import { expect, test } from 'vitest';
import { MixtentionError } from '../index.ts';
import { adam } from './adam.ts';
import { learningRateAt } from './learning-rate.ts';
import type { LearningRate } from './learning-rate-type.ts';
import { sgd } from './sgd.ts';

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

const refusal = (work: () => unknown): MixtentionError => {
  try {
    work();
  } catch (error) {
    if (error instanceof MixtentionError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const exponential = { schedule: 'exponential', start: 0.2, factor: 0.5, every: 10 };
const cosine = { schedule: 'cosine', start: 0.4, steps: 100, end: 0.1 };

test.each<[string, unknown, string]>([
  ['0', 0, 'learningRate is 0, a number above 0 was due'],
  ['below 0', -1, 'learningRate is -1, a number above 0 was due'],
  ['NaN', Number.NaN, 'learningRate is NaN, a number above 0 was due'],
  ['text', '0.1', 'learningRate is "0.1", a number above 0 was due'],
  ['nothing', null, 'learningRate is null, a number above 0 was due'],
  [
    'no known schedule',
    { schedule: 'linear', start: 1 },
    'learningRate.schedule is "linear", "exponential" or "cosine" was due',
  ],
  ['no named schedule', { start: 1 }, 'learningRate.schedule is undefined, "exponential" or "cosine" was due'],
  ['a start at 0', { ...cosine, start: 0 }, 'learningRate.start is 0, a number above 0 was due'],
  ['a factor of 0', { ...exponential, factor: 0 }, 'learningRate.factor is 0, a number above 0 was due'],
  [
    'a missing factor',
    { ...exponential, factor: undefined },
    'learningRate.factor is undefined, a number above 0 was due',
  ],
  ['plateaus of 0 steps', { ...exponential, every: 0 }, 'learningRate.every is 0, a number above 0 was due'],
  ['a cosine over 0 steps', { ...cosine, steps: 0 }, 'learningRate.steps is 0, a number above 0 was due'],
  ['an end below 0', { ...cosine, end: -0.1 }, 'learningRate.end is -0.1, a number from 0 was due'],
  ['a misspelt name', { ...cosine, step: 9 }, 'unknown option "step", did you mean "steps"?'],
])('a learning rate that is %s is refused', (_, rate, message) => {
  const error = refusal(() => learningRateAt(rate as LearningRate, 0));
  expect(error.code).toBe('BAD_OPTION');
  expect(error.message).toContain(message);
});

test.each([adam(), sgd()])(
  'a step of $name refuses a learning rate below 0 or not finite, and stays under one of 0',
  (rule) => {
    const gradient = { w: Float64Array.of(1, -2) };
    const state = rule.init(gradient);
    for (const rate of [-1, Number.NaN, Number.POSITIVE_INFINITY, '1'])
      expect(refusal(() => rule.update(gradient, state, rate as number)).message).toMatch(
        /learningRate is .*, a number from 0/,
      );
    for (const change of rule.update(gradient, state, 0).updates.w!) expect(Math.abs(change)).toBe(0);
  },
);

test('constants of Adam that are no numbers in their range are refused by name', () => {
  expect(refusal(() => adam({ meanDecay: 1 })).message).toMatch(/meanDecay is 1, a number in \[0, 1\) was due/);
  expect(refusal(() => adam({ squareDecay: '0.9' as unknown as number })).message).toMatch(/squareDecay is "0.9"/);
  expect(refusal(() => adam({ epsilon: Number.POSITIVE_INFINITY })).message).toMatch(/epsilon is Infinity/);
});
