import { describe, expect, it } from 'vitest';
import { standardErrors } from '../../testing/statistics.ts';
import { digamma } from '../special/digamma.ts';
import { generator } from './generator.ts';
import { key } from './key.ts';
import { sampleWishart } from './sample-wishart.ts';
import { sampleWishartFactor } from './sample-wishart-factor.ts';

const d = 3;
const scaleFactor = Float64Array.of(1.2, 0, 0, -0.4, 0.7, 0, 0.3, 0.5, 2); // L
const scale = Array.from({ length: 9 }, (_, ij) => {
  const [i, j] = [Math.floor(ij / d), ij % d];
  return [0, 1, 2].reduce((sum, k) => sum + scaleFactor[i * d + k]! * scaleFactor[j * d + k]!, 0);
}); // W = L Lᵀ

describe('sampleWishart', () => {
  it.each([2.3, 5, 40])('with %d degrees of freedom has the right means and variances', (degrees) => {
    const random = generator(key(60));
    const draws = Array.from({ length: 20_000 }, () => sampleWishart(random, degrees, scaleFactor, d));
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const [w, ii, jj] = [scale[i * d + j]!, scale[i * d + i]!, scale[j * d + j]!];
        const entry = draws.map((lambda) => lambda[i * d + j]!);
        expect(standardErrors(entry, degrees * w)).toBeLessThan(4);
        const squares = entry.map((v) => (v - degrees * w) ** 2);
        expect(standardErrors(squares, degrees * (w * w + ii * jj))).toBeLessThan(4);
      }
    }
  });

  it('has the right expected log determinant', () => {
    const random = generator(key(61));
    const degrees = 4.5;
    const logDets = Array.from({ length: 20_000 }, () => {
      const a = sampleWishartFactor(random, degrees, scaleFactor, d);
      return 2 * Math.log(a[0]! * a[4]! * a[8]!);
    });
    const expected =
      [0, 1, 2].reduce((sum, i) => sum + digamma((degrees - i) / 2), d * Math.log(2)) + 2 * Math.log(1.2 * 0.7 * 2);
    expect(standardErrors(logDets, expected)).toBeLessThan(4);
  });

  it('is the product of its factor and the transpose, symmetric to the last bit', () => {
    const lambda = sampleWishart(generator(key(62)), 5, scaleFactor, d);
    const a = sampleWishartFactor(generator(key(62)), 5, scaleFactor, d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        expect(lambda[i * d + j]).toBe(lambda[j * d + i]);
        expect(lambda[i * d + j]).toBeCloseTo(
          [0, 1, 2].reduce((sum, k) => sum + a[i * d + k]! * a[j * d + k]!, 0),
          12,
        );
      }
    }
    expect([a[1], a[2], a[5]]).toEqual([0, 0, 0]);
  });

  it('is gamma in one dimension', () => {
    const random = generator(key(63));
    const draws = Array.from({ length: 20_000 }, () => sampleWishart(random, 3, Float64Array.of(2), 1)[0]!);
    expect(standardErrors(draws, 12)).toBeLessThan(4);
    expect(standardErrors(draws.map(Math.log), digamma(1.5) + Math.log(8))).toBeLessThan(4);
  });

  it('refuses fewer degrees of freedom than the density needs', () => {
    expect(() => sampleWishart(generator(key(0)), 2, scaleFactor, d)).toThrow(
      'degrees of freedom are 2, more than 2 are due',
    );
  });
});
