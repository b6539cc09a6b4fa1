import { expect, test } from 'vitest';
import { DEFAULTS, digitOptions } from './options.ts';

test('budgets are read from flags, and defaults stand for the others', () => {
  expect(digitOptions([])).toEqual(DEFAULTS);
  expect(digitOptions(['--joint-minutes', '0.5'])).toEqual({ ...DEFAULTS, jointMinutes: 0.5 });
});

test('what is no budget, and what is no flag, is refused by name', () => {
  expect(() => digitOptions(['--layer-minutes', '0'])).toThrow(/--layer-minutes is "0", a number above 0 was due/);
  expect(() => digitOptions(['--steps', '3'])).toThrow(/--layer-minutes and --joint-minutes are what it takes/);
});
