import { expect, test } from 'vitest';
import { temperatureAt } from './temperature.ts';

test('the temperature falls exponentially in plateaus and stops at its least value', () => {
  const schedule = { start: 1, rate: 1e-3, every: 100, least: 0.5 };
  expect(temperatureAt(schedule, 0)).toBe(1);
  expect(temperatureAt(schedule, 99)).toBe(1);
  expect(temperatureAt(schedule, 250)).toBeCloseTo(Math.exp(-0.2), 12);
  expect(temperatureAt(schedule, 5000)).toBe(0.5);
});

test('a fixed temperature is the same at every step', () => {
  expect(temperatureAt(0.7, 12345)).toBe(0.7);
});
