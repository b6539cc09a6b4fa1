import { determinant, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { randomPositiveDefinite } from '../../testing/matrices.ts';
import { generator } from '../random/generator.ts';
import { key } from '../random/key.ts';
import { split } from '../random/split.ts';
import { cholesky } from './cholesky.ts';
import { logDetFromCholesky } from './log-det-from-cholesky.ts';

describe('logDetFromCholesky', () => {
  it.each([1, 2, 5, 20])('is the logarithm of the determinant by ml-matrix for D = %d', (d) => {
    const a = randomPositiveDefinite(generator(split(key(30), d)), d);
    const factor = new Float64Array(d * d);
    cholesky(a, d, factor);
    expect(logDetFromCholesky(factor, d)).toBeCloseTo(Math.log(determinant(Matrix.from1DArray(d, d, [...a]))), 11);
  });

  it('is right where the determinant itself overflows or underflows', () => {
    for (const scale of [1e200, 1e-200]) {
      const factor = Float64Array.from({ length: 9 }, (_, ij) => (ij % 4 === 0 ? scale : 0));
      expect(logDetFromCholesky(factor, 3)).toBeCloseTo(6 * Math.log(scale), 10);
    }
  });
});
