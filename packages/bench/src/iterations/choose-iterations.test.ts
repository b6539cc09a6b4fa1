import { expect, test } from 'vitest';
import { chooseIterations } from './choose-iterations.ts';

test('the fewest iterations from which nothing more than the tolerance is to be gained are chosen', () => {
  const marks = [-10, -5, -4.2, -4.05, -4, -4.3].map((validation, i) => ({ iterations: 2 * i + 1, validation }));
  expect(chooseIterations(marks, 0)).toBe(9);
  expect(chooseIterations(marks, 0.1)).toBe(7);
  expect(chooseIterations(marks, 0.25)).toBe(5);
  expect(chooseIterations(marks, 100)).toBe(1);
});
