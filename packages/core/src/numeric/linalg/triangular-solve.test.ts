import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { largestDifference, matrixProduct, randomPositiveDefinite, transposed } from '../../testing/matrices.ts';
import { generator } from '../random/generator.ts';
import { key } from '../random/key.ts';
import { split } from '../random/split.ts';
import { cholesky } from './cholesky.ts';
import { triangularSolve } from './triangular-solve.ts';

function lowerAndRhs(d: number, columns: number): { lower: Float64Array; rhs: Float64Array } {
  const random = generator(split(key(10), d, columns));
  const lower = randomPositiveDefinite(random, d);
  cholesky(lower, d, lower);
  return { lower, rhs: Float64Array.from({ length: d * columns }, () => random.normal()) };
}

const shapes = [
  [1, 1],
  [2, 1],
  [3, 5],
  [8, 2],
  [30, 40],
] as const;

describe.each([false, true])('triangularSolve with adjoint %s', (adjoint) => {
  it.each(shapes)('agrees with ml-matrix and gives the right-hand sides back for D = %d, M = %d', (d, columns) => {
    const { lower, rhs } = lowerAndRhs(d, columns);
    const x = triangularSolve(lower, d, rhs, { columns, adjoint });
    const matrix = adjoint ? transposed(lower, d) : lower;
    const peer = solve(Matrix.from1DArray(d, d, [...matrix]), Matrix.from1DArray(d, columns, [...rhs])).to1DArray();
    expect(largestDifference(x, peer)).toBeLessThan(1e-13);
    expect(largestDifference(matrixProduct(matrix, x, d, d, columns), rhs)).toBeLessThan(1e-13);
  });

  it('leaves the right-hand sides alone unless told to overwrite them', () => {
    const { lower, rhs } = lowerAndRhs(5, 3);
    const before = rhs.slice();
    const x = triangularSolve(lower, 5, rhs, { columns: 3, adjoint });
    expect(rhs).toEqual(before);
    expect(triangularSolve(lower, 5, rhs, { columns: 3, adjoint, out: rhs })).toBe(rhs);
    expect(rhs).toEqual(x);
  });

  it('does not read above the diagonal', () => {
    const { lower, rhs } = lowerAndRhs(4, 2);
    const dirty = lower.map((v, ij) => (ij % 4 > Math.floor(ij / 4) ? Number.NaN : v));
    expect(triangularSolve(dirty, 4, rhs, { columns: 2, adjoint })).toEqual(
      triangularSolve(lower, 4, rhs, { columns: 2, adjoint }),
    );
  });
});

describe('triangularSolve', () => {
  it('solves one system by default', () => {
    expect([...triangularSolve(Float64Array.of(2, 0, 1, 4), 2, Float64Array.of(2, 9))]).toEqual([1, 2]);
    expect([...triangularSolve(Float64Array.of(2, 0, 1, 4), 2, Float64Array.of(4, 8), { adjoint: true })]).toEqual([
      1, 2,
    ]);
  });

  it('divides by a 0 on the diagonal as numbers do', () => {
    expect([...triangularSolve(Float64Array.of(0), 1, Float64Array.of(2, -2, 0), { columns: 3 })]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });
});
