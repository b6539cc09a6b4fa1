import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { noPlateau, type Plateau, watchPlateau } from './plateau.ts';

const WINDOW = 50;
const TOLERANCE = 0.01;

function watch(steps: number, slope: number, noise: number): Plateau {
  const random = generator(key(5));
  let plateau = noPlateau(WINDOW);
  for (let t = 0; t < steps; t++)
    plateau = watchPlateau(plateau, -4e5 + slope * t + noise * random.normal(), TOLERANCE);
  return plateau;
}

test('noise around a constant comes to a standstill in nearly every window', () => {
  expect(watch(1050, 0, 1).standstills).toBeGreaterThanOrEqual(18);
});

test('a rise that stands out of the noise never counts as a standstill', () => {
  expect(watch(1050, 0.05, 1).standstills).toBe(0);
});

test('the gain is that of the means of two windows, its error that of the pairs', () => {
  const values = Array.from({ length: 100 }, (_, t) => 7 + Math.sin(t));
  const { gain, gainError } = values.reduce((p, v) => watchPlateau(p, v, TOLERANCE), noPlateau(WINDOW));
  const pairs = Array.from({ length: 50 }, (_, i) => values[50 + i]! - values[i]!);
  const mean = pairs.reduce((a, b) => a + b) / 50;
  const variance = pairs.reduce((a, b) => a + (b - mean) ** 2, 0) / 49 / 50;
  expect(gain).toBeCloseTo(mean, 12);
  expect(gainError).toBeCloseTo(Math.sqrt(variance), 12);
});

test('noise that two windows share hides no gain', () => {
  const random = generator(key(5));
  const shared = Array.from({ length: 50 }, () => random.normal());
  let plateau = noPlateau(WINDOW);
  for (let t = 0; t < 1050; t++) plateau = watchPlateau(plateau, 0.001 * t + shared[t % 50]!, TOLERANCE);
  expect(plateau.standstills).toBe(0);
});
