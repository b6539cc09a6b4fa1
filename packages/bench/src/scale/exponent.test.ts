import { expect, test } from 'vitest';
import { exponentOf } from './exponent.ts';

test('an exponent is the slope of logarithms', () => {
  const points = [1, 10, 100].map((x) => [x, 3 * x ** 1.5] as const);
  expect(exponentOf(points)).toBeCloseTo(1.5, 12);
});
