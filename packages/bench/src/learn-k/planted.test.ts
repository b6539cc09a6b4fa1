import { expect, test } from 'vitest';
import { plantedBernoulli, plantedGaussians } from './planted.ts';

test('spokes have the radius that they are drawn with, in eight directions alike', () => {
  const { x, components } = plantedGaussians(0);
  expect([x.rows, x.cols, components]).toEqual([25_000, 2, 8]);
  let square = 0;
  const far = new Map<number, number>();
  let [across, count] = [0, 0];
  for (let n = 0; n < x.rows; n++) {
    const [a, b] = [x.data[2 * n]!, x.data[2 * n + 1]!];
    const radius = Math.hypot(a, b);
    square += (a * a + b * b) / x.rows;
    if (radius < 2) continue;
    // Out there no spoke meets another.
    const spoke = Math.round(Math.atan2(b, a) / (Math.PI / 4));
    far.set((spoke + 8) % 8, (far.get((spoke + 8) % 8) ?? 0) + 1);
    across += (radius * Math.sin(Math.atan2(b, a) - (spoke * Math.PI) / 4)) ** 2;
    count++;
  }
  expect(Math.abs(square - (2.3 ** 2 + 1 + 0.15 ** 2))).toBeLessThan(0.12);
  expect(Math.sqrt(across / count)).toBeCloseTo(0.15, 2);
  expect(far.size).toBe(8);
  expect(Math.min(...far.values()) / Math.max(...far.values())).toBeGreaterThan(0.85);
});

test('bits are drawn by the seed, and are bits', () => {
  const [x, again, other] = [0, 0, 1].map((seed) => plantedBernoulli(seed).x);
  expect([x!.rows, x!.cols]).toEqual([2000, 64]);
  expect(x!.data).toEqual(again!.data);
  expect(x!.data).not.toEqual(other!.data);
  expect(new Set(x!.data)).toEqual(new Set([0, 1]));
});
