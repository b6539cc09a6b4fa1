import { expect, test } from 'vitest';
import { count, decimal, duration, percent, scientific } from './format.ts';

test('decimals have a true minus sign and never a minus zero', () => {
  expect(decimal(-137.049)).toBe('−137.05');
  expect(decimal(-0.001)).toBe('0.00');
  expect(decimal(1289.7967, 4)).toBe('1289.7967');
});

test('counts have their thousands apart', () => expect(count(50_000)).toBe('50,000'));

test('shares keep two digits at most', () => {
  expect([1, 0.644, 0.0995, 0.0994, 0.034, 0.0004, 0].map(percent)).toEqual([
    '100 %',
    '64 %',
    '10 %',
    '9.9 %',
    '3.4 %',
    '<0.1 %',
    '0.0 %',
  ]);
});

test('durations take the unit that suits them', () => {
  expect([84.4, 59.96, 12.3, 4.25, 0.9996, 0.0131, 0.00042].map(duration)).toEqual([
    '1 min 24 s',
    '1 min 0 s',
    '12 s',
    '4.3 s',
    '1.0 s',
    '13 ms',
    '0.4 ms',
  ]);
});

test('powers of ten are written as such', () => {
  expect([1e-6, 2.3e-7, 0, 1000].map(scientific)).toEqual(['10⁻⁶', '2 × 10⁻⁷', '0', '10³']);
});
