import { expect, test } from 'vitest';
import { generator, key } from '../numeric/index.ts';
import { noiseOf } from './rounding.ts';
import { hasSunk } from './sunk.ts';

function blurred(value: (t: number) => number, deviation: number): number[] {
  const random = generator(key(3));
  return Array.from({ length: 33 }, (_, t) => value(t) + deviation * random.normal());
}

test('the noise of a smooth rise is measured, whatever the rise', () => {
  for (const rise of [() => 5, (t: number) => 100 * t, (t: number) => -1000 * 0.99 ** t]) {
    const ratio = noiseOf(blurred(rise, 0.1)) / 0.1;
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(1.6);
  }
  expect(noiseOf([1, 2, 3])).toBe(Number.POSITIVE_INFINITY);
});

test('gains have sunk when eight of them together do not stand out of rounding', () => {
  expect(
    hasSunk(
      blurred((t) => 0.2 * t, 0.1),
      0.1,
    ),
  ).toBe(false);
  expect(
    hasSunk(
      blurred((t) => 0.01 * t, 0.1),
      0.1,
    ),
  ).toBe(true);
  expect(hasSunk(blurred(() => 0, 0.1).slice(0, 11), 0.1)).toBe(false);
});
