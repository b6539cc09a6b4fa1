import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { noPlateauYet, type Plateau, watchPlateau } from './plateau.ts';

const rule = { window: 50, tolerance: 0.01 };

function watch(steps: number, slope: number, noise: number): Plateau {
  const random = generator(key(5));
  let plateau = noPlateauYet;
  for (let t = 0; t < steps; t++) plateau = watchPlateau(plateau, -4e5 + slope * t + noise * random.normal(), rule);
  return plateau;
}

test('noise around a constant comes to a standstill in nearly every window', () => {
  expect(watch(1050, 0, 1).standstills).toBeGreaterThanOrEqual(18);
});

test('a rise that stands out of the noise never counts as a standstill', () => {
  expect(watch(1050, 0.05, 1).standstills).toBe(0);
});

test('the mean and the variance of the mean are those of the window', () => {
  const values = Array.from({ length: 100 }, (_, t) => 7 + Math.sin(t));
  const plateau = values.reduce((p, v) => watchPlateau(p, v, rule), noPlateauYet);
  const last = values.slice(50);
  const mean = last.reduce((a, b) => a + b, 0) / 50;
  const variance = last.reduce((a, b) => a + (b - mean) ** 2, 0) / 49 / 50;
  expect(plateau.mean).toBeCloseTo(mean, 12);
  expect(plateau.variance).toBeCloseTo(variance, 12);
});
