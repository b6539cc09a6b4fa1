import { standStatistics } from '@mixtention/core/kernel';
import { describe, expect, it } from 'vitest';
import { checkAgainstScipy, expectClose, sumsOf } from '../testing.ts';
import fixture from './gaussian-spherical.fixture.json' with { type: 'json' };
import { gaussianSpherical } from './gaussian-spherical.ts';

checkAgainstScipy(gaussianSpherical, fixture);

const previous = { width: 2, means: Float64Array.of(1, 2, 3, 4), variances: Float64Array.of(2, 5) };

describe('gaussian-spherical', () => {
  it('has statistics [x; ‖x‖²]', () => {
    const x = { data: Float64Array.of(3, -4), rows: 1, cols: 2 };
    const { data, cols } = standStatistics(gaussianSpherical.terms(2)[0]!, x);
    expect([...data]).toEqual([3, -4, 25]);
    expect(cols).toBe(3);
  });

  it('keeps what owns nothing and floors what is one point', () => {
    const x = { data: Float64Array.of(1, 7, 1, 7), rows: 2, cols: 2 };
    const { counts, sums } = sumsOf(gaussianSpherical, x, Float64Array.of(0, 1, 0, 1));
    const { params, degenerate } = gaussianSpherical.estimate(counts, sums, previous, 1e-3);
    expect(degenerate).toEqual([0, 1]);
    expect([...params.means]).toEqual([1, 2, 1, 7]);
    expect([...params.variances]).toEqual([2, 1e-3]);
  });

  it('stays a ball in user space, and refuses a map under which it would not', () => {
    const center = Float64Array.of(10, 20);
    const there = gaussianSpherical.unscale(previous, { center, scale: Float64Array.of(3, 3) });
    expectClose(there.means, [13, 26, 19, 32], 1e-15);
    expectClose(there.variances, [18, 45], 1e-15);
    expectClose(gaussianSpherical.rescale(there, { center, scale: Float64Array.of(3, 3) }).variances, [2, 5], 1e-15);
    expect(() => gaussianSpherical.unscale(previous, { center, scale: Float64Array.of(3, 4) })).toThrow(
      'one scale for all',
    );
  });

  it('describes covariances as σ²I and reads their mean variance back', () => {
    const description = gaussianSpherical.describe(previous);
    expect([...description.covariances![1]!.data]).toEqual([5, 0, 0, 5]);
    expect(gaussianSpherical.fromDescription(description)).toEqual(previous);
  });
});
