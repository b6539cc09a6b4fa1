import { key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { binarize } from './binarize.ts';

const grey = (value: number, rows = 100): { data: Float32Array; rows: number; cols: number } => ({
  data: new Float32Array(rows * 50).fill(value),
  rows,
  cols: 50,
});

test('black stays black and white stays white', () => {
  expect(binarize(grey(0), key(1)).data.every((v) => v === 0)).toBe(true);
  expect(binarize(grey(1), key(1)).data.every((v) => v === 1)).toBe(true);
});

test('a grey value is the share of pixels that become 1', () => {
  const { data, rows, cols } = binarize(grey(0.3), key(2));
  expect([rows, cols]).toEqual([100, 50]);
  let ones = 0;
  for (const pixel of data) ones += pixel;
  // Five standard errors of 5,000 draws.
  expect(Math.abs(ones / 5000 - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 5000));
});

test('the same key gives the same pixels, another key others', () => {
  expect(binarize(grey(0.5), key(3)).data).toEqual(binarize(grey(0.5), key(3)).data);
  expect(binarize(grey(0.5), key(3)).data).not.toEqual(binarize(grey(0.5), key(4)).data);
});
