import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { largestDifference, matrixProduct, randomPositiveDefinite, transposed } from '../../testing/matrices.ts';
import { generator } from '../random/generator.ts';
import { key } from '../random/key.ts';
import { split } from '../random/split.ts';
import { cholesky } from './cholesky.ts';

const sizes = [1, 2, 3, 8, 17, 64];

describe('cholesky', () => {
  it.each(sizes)('agrees with ml-matrix and gives A back for D = %d', (d) => {
    const a = randomPositiveDefinite(generator(split(key(1), d)), d);
    const factor = new Float64Array(d * d);
    expect(cholesky(a, d, factor)).toBe(d);
    const peer = new CholeskyDecomposition(Matrix.from1DArray(d, d, [...a])).lowerTriangularMatrix.to1DArray();
    expect(largestDifference(factor, peer)).toBeLessThan(1e-13);
    expect(largestDifference(matrixProduct(factor, transposed(factor, d), d, d, d), a)).toBeLessThan(1e-14);
  });

  it('gives A back to rounding even where it is nearly singular', () => {
    const d = 12;
    const a = randomPositiveDefinite(generator(key(2)), d, 1e12);
    const factor = new Float64Array(d * d);
    expect(cholesky(a, d, factor)).toBe(d);
    expect(largestDifference(matrixProduct(factor, transposed(factor, d), d, d, d), a)).toBeLessThan(1e-14);
  });

  it('may overwrite its input, and reads the lower triangle only', () => {
    const d = 6;
    const a = randomPositiveDefinite(generator(key(3)), d);
    const expected = new Float64Array(d * d);
    cholesky(a, d, expected);
    const inPlace = a.map((v, ij) => (ij % d > Math.floor(ij / d) ? Number.NaN : v));
    expect(cholesky(inPlace, d, inPlace)).toBe(d);
    expect(inPlace).toEqual(expected);
  });

  it('has a factor of the square roots for a diagonal matrix, from the smallest to the largest numbers', () => {
    const factor = new Float64Array(9);
    expect(cholesky(Float64Array.of(1e-300, 0, 0, 0, 4, 0, 0, 0, 1e300), 3, factor)).toBe(3);
    expect([factor[0]! / 1e-150, factor[4]!, factor[8]! / 1e150]).toEqual([1, 2, 1]);
  });

  it('names the first pivot that is not positive, keeps the good rows and zeros the rest', () => {
    const factor = new Float64Array(9).fill(7);
    expect(cholesky(Float64Array.of(4, 0, 0, 2, 1, 0, 0, 0, 1), 3, factor)).toBe(1);
    expect([...factor]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(cholesky(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, -1), 3, factor)).toBe(2);
    expect(cholesky(Float64Array.of(0, 0, 0, 0, 1, 0, 0, 0, 1), 3, factor)).toBe(0);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'answers %d anywhere in the lower triangle with its row, never with NaN',
    (bad) => {
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j <= i; j++) {
          const a = Float64Array.of(4, 0, 0, 1, 4, 0, 1, 1, 4);
          a[i * 3 + j] = bad;
          const factor = new Float64Array(9);
          expect(cholesky(a, 3, factor)).toBe(i);
          expect(factor.every(Number.isFinite)).toBe(true);
        }
      }
    },
  );
});
