import { expect, test } from 'vitest';
import { difference } from '../testing/difference.ts';
import { effectiveComponents } from './effective-components.ts';

test('one owner counts as one, equal shares count all, a row without owner counts none', () => {
  const counts = effectiveComponents([
    [1, 0, 0, 0],
    [0.25, 0.25, 0.25, 0.25],
    [0, 0, 0, 0],
    [0.5, 0.5, 0, 0],
  ]);
  expect(difference(counts, [1, 4, 0, 2])).toBeLessThan(1e-14);
});

test('a skewed row counts less than its number of owners', () => {
  expect(effectiveComponents([[0.9, 0.1]])[0]).toBeCloseTo(Math.exp(-(0.9 * Math.log(0.9) + 0.1 * Math.log(0.1))), 12);
});
