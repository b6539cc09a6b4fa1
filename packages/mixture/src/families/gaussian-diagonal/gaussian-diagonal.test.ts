import { standStatistics } from '@mixtention/core/kernel';
import { describe, expect, it } from 'vitest';
import { checkAgainstScipy, expectClose, sumsOf } from '../testing.ts';
import fixture from './gaussian-diagonal.fixture.json' with { type: 'json' };
import { gaussianDiagonal } from './gaussian-diagonal.ts';

checkAgainstScipy(gaussianDiagonal, fixture);

const previous = { width: 2, means: Float64Array.of(1, 2, 3, 4), variances: Float64Array.of(1, 2, 3, 4) };

describe('gaussian-diagonal', () => {
  it('has statistics [x; x∘x] in the precision of x', () => {
    const x = { data: Float32Array.of(2, -3, 0.5, 1), rows: 2, cols: 2 };
    const { data, cols } = standStatistics(gaussianDiagonal.terms(2)[0]!, x);
    expect(data).toEqual(Float32Array.of(2, -3, 4, 9, 0.5, 1, 0.25, 1));
    expect(cols).toBe(4);
  });

  it('keeps what owns nothing and floors what is constant, cell by cell', () => {
    const x = { data: Float64Array.of(1, 7, 3, 7), rows: 2, cols: 2 };
    const { counts, sums } = sumsOf(gaussianDiagonal, x, Float64Array.of(0, 1, 0, 1));
    const { params, degenerate } = gaussianDiagonal.estimate(counts, sums, previous, 1e-3);
    expect(degenerate).toEqual([0, 1]);
    expect([...params.means]).toEqual([1, 2, 2, 7]);
    expect([...params.variances]).toEqual([1, 2, 1, 1e-3]);
  });

  it('describes covariances as diagonal matrices and reads their diagonals back', () => {
    const description = gaussianDiagonal.describe(previous);
    expect([...description.covariances![1]!.data]).toEqual([3, 0, 0, 4]);
    expect(gaussianDiagonal.fromDescription(description)).toEqual(previous);
  });

  it('maps to user space column by column', () => {
    const transform = { center: Float64Array.of(10, 0), scale: Float64Array.of(2, 0.1) };
    const there = gaussianDiagonal.unscale(previous, transform);
    expectClose(there.means, [12, 0.2, 16, 0.4], 1e-15);
    expectClose(there.variances, [4, 0.02, 12, 0.04], 1e-15);
    expectClose(gaussianDiagonal.rescale(there, transform).means, previous.means, 1e-15);
  });

  it('starts with the variances of the data, but never with none', () => {
    const params = gaussianDiagonal.startAt({ data: Float64Array.of(0, 5), rows: 1, cols: 2 }, [
      Float64Array.of(1, 5, 3, 25),
    ]);
    expect([...params.variances]).toEqual([2, 1e-6]);
  });
});
