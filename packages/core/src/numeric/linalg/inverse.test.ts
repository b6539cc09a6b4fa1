import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { largestDifference, matrixProduct, randomPositiveDefinite, transposed } from '../../testing/matrices.ts';
import { generator } from '../random/generator.ts';
import { key } from '../random/key.ts';
import { split } from '../random/split.ts';
import { cholesky } from './cholesky.ts';
import { inverseFromCholesky } from './inverse-from-cholesky.ts';
import { invertLower } from './invert-lower.ts';

const sizes = [1, 2, 3, 8, 17, 64];
const identity = (d: number): Float64Array =>
  Float64Array.from({ length: d * d }, (_, ij) => (ij % (d + 1) === 0 ? 1 : 0));
const spd = (d: number): Float64Array => randomPositiveDefinite(generator(split(key(20), d)), d);

function factorOf(a: Float64Array, d: number): Float64Array {
  const factor = new Float64Array(d * d);
  cholesky(a, d, factor);
  return factor;
}

describe('invertLower', () => {
  it.each(sizes)('times the matrix is the identity, on both sides, for D = %d', (d) => {
    const lower = factorOf(spd(d), d);
    const inverted = invertLower(lower, d);
    expect(largestDifference(matrixProduct(inverted, lower, d, d, d), identity(d))).toBeLessThan(1e-13);
    expect(largestDifference(matrixProduct(lower, inverted, d, d, d), identity(d))).toBeLessThan(1e-13);
    expect(inverted.every((v, ij) => ij % d <= Math.floor(ij / d) || v === 0)).toBe(true);
  });

  it('undoes itself, and may overwrite its input', () => {
    const lower = factorOf(spd(7), 7);
    const inPlace = lower.slice();
    expect(invertLower(inPlace, 7, inPlace)).toBe(inPlace);
    expect(inPlace).toEqual(invertLower(lower, 7));
    expect(largestDifference(invertLower(inPlace, 7), lower)).toBeLessThan(1e-13);
  });

  it('does not read above the diagonal', () => {
    expect([...invertLower(Float64Array.of(2, Number.NaN, 1, 4), 2)]).toEqual([0.5, 0, -0.125, 0.25]);
  });
});

describe('inverseFromCholesky', () => {
  it.each(sizes)('agrees with ml-matrix and is symmetric to the last bit for D = %d', (d) => {
    const a = spd(d);
    const inverted = inverseFromCholesky(factorOf(a, d), d);
    expect(largestDifference(inverted, inverse(Matrix.from1DArray(d, d, [...a])).to1DArray())).toBeLessThan(1e-12);
    expect(transposed(inverted, d)).toEqual(inverted);
  });

  it('may overwrite its input', () => {
    const factor = factorOf(spd(9), 9);
    const expected = inverseFromCholesky(factor, 9);
    expect(inverseFromCholesky(factor, 9, factor)).toBe(factor);
    expect(factor).toEqual(expected);
  });
});
