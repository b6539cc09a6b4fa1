import { cholesky, generator, key } from '@mixtention/core/numeric';
import { describe, expect, it } from 'vitest';
import { checkAgainstScipy, expectClose, runEm, sumsOf } from '../testing.ts';
import fixture from './gaussian-full.fixture.json' with { type: 'json' };
import { gaussianFull } from './gaussian-full.ts';
import type { GaussianFullParams } from './params.ts';

checkAgainstScipy(gaussianFull, fixture);

const previous: GaussianFullParams = {
  width: 2,
  means: Float64Array.of(1, 2, 3, 4),
  covariances: Float64Array.of(1, 0, 0, 1, 2, 1, 1, 2),
};

describe('gaussian-full', () => {
  it('keeps the parameters of a component that owns nothing, and lists it', () => {
    const sums = [Float64Array.of(0, 0, 0, 0, 0, 8, 4, 20, 8, 8)];
    const { params, degenerate } = gaussianFull.estimate(Float64Array.of(0, 4), sums, previous, 1e-6);
    expect(degenerate).toEqual([0]);
    expect([...params.means]).toEqual([1, 2, 2, 1]);
    expect([...params.covariances]).toEqual([1, 0, 0, 1, 1, 0, 0, 1]);
  });

  it('raises the covariance of a component on one repeated row to the floor, and lists it', () => {
    const x = { data: Float64Array.of(3, -1, 3, -1, 3, -1), rows: 3, cols: 2 };
    const { counts, sums } = sumsOf(gaussianFull, x, Float64Array.of(1, 1, 1));
    const { params, degenerate } = gaussianFull.estimate(counts, sums, gaussianFull.select(previous, [0]), 1e-6);
    expect(degenerate).toEqual([0]);
    expectClose(params.covariances, [1e-6, 0, 0, 1e-6], 1e-18);
  });

  it('floors only the flat direction of rows on a line', () => {
    const x = { data: Float64Array.of(-1, -1, 0, 0, 1, 1), rows: 3, cols: 2 };
    const { counts, sums } = sumsOf(gaussianFull, x, Float64Array.of(1, 1, 1));
    const { params, degenerate } = gaussianFull.estimate(counts, sums, gaussianFull.select(previous, [0]), 1e-4);
    // Eigenvalues 4/3 along (1, 1) and 0, raised to 1e-4, along (1, −1).
    const [along, across] = [2 / 3 + 0.5e-4, 2 / 3 - 0.5e-4];
    expect(degenerate).toEqual([0]);
    expectClose(params.covariances, [along, across, across, along], 1e-14);
  });

  it('never lowers the log-likelihood while components sit at the floor', () => {
    const random = generator(key(3));
    // Half the rows lie on a plane, so that one component collapses in one direction only.
    const data = Float64Array.from({ length: 300 }, () => random.normal());
    for (let n = 0; n < 50; n++) data[3 * n + 2] = data[3 * n]! + data[3 * n + 1]!;
    const x = { data, rows: 100, cols: 3 };
    const centers = { data: data.slice(0, 9), rows: 3, cols: 3 };
    const { sums } = sumsOf(gaussianFull, x, new Float64Array(100).fill(0.01));
    const start = { params: gaussianFull.startAt(centers, sums), logWeights: new Float64Array(3).fill(-Math.log(3)) };
    const { trace, degenerate, params } = runEm(gaussianFull, x, start, 200);
    expect(degenerate.length).toBeGreaterThan(0);
    // Covariances are known to 1e-16, which a floor of 1e-6 makes 1e-10 of each squared distance.
    for (let i = 1; i < trace.length; i++) expect(trace[i]! - trace[i - 1]!).toBeGreaterThan(-1e-7);
    expect((params as GaussianFullParams).covariances.every(Number.isFinite)).toBe(true);
  });

  it('starts with a usable covariance also where a column is constant or repeats another', () => {
    const x = { data: Float64Array.of(1, 1, 5, 2, 2, 5, 4, 4, 5), rows: 3, cols: 3 };
    const { sums } = sumsOf(gaussianFull, x, new Float64Array(3).fill(1 / 3));
    const { covariances } = gaussianFull.startAt({ data: x.data.slice(0, 3), rows: 1, cols: 3 }, sums);
    expect(cholesky(covariances, 3, new Float64Array(9))).toBe(3);
  });

  it('scores NaN, which a run reports, where a covariance is not positive definite', () => {
    const params = { ...previous, covariances: Float64Array.of(1, 2, 2, 1, 1, 0, 0, 1) };
    const { bias } = gaussianFull.scores(params, Float64Array.of(0, 0));
    expect(bias[0]).toBeNaN();
    expect(bias[1]).toBeCloseTo(-Math.log(2 * Math.PI), 12);
  });

  it('comes back from user space as it went', () => {
    const transform = { center: Float64Array.of(100, -7), scale: Float64Array.of(0.5, 20) };
    const there = gaussianFull.unscale(previous, transform);
    expectClose(there.means, [100.5, 33, 101.5, 73], 1e-15);
    expectClose(there.covariances, [0.25, 0, 0, 400, 0.5, 10, 10, 800], 1e-15);
    expectClose(gaussianFull.rescale(there, transform).covariances, previous.covariances, 1e-15);
  });

  it('refuses described covariances that are none, saying which', () => {
    const means = { data: Float64Array.of(0, 0), rows: 1, cols: 2 };
    const given = (...data: number[]) => ({
      means,
      covariances: [{ data: Float64Array.from(data), rows: 2, cols: 2 }],
    });
    expect(() => gaussianFull.fromDescription(given(1, 2, 3, 1))).toThrow(
      'covariance 0 (counted from 0) is not symmetric',
    );
    expect(() => gaussianFull.fromDescription(given(1, 2, 2, 1))).toThrow('not positive definite');
    expect(() => gaussianFull.fromDescription({ means, covariances: [] })).toThrow('0 covariances came with 1 mean');
    expect([...gaussianFull.fromDescription({ means, covariances: null }).covariances]).toEqual([1, 0, 0, 1]);
  });

  it('has a weak prior that is proper also on constant columns', () => {
    const prior = gaussianFull.prior.weak(2, [Float64Array.of(3, 5, 13, 15, 25)]);
    expect(prior).toEqual({
      mean: Float64Array.of(3, 5),
      shrinkage: 0.01,
      degrees: 4,
      inverseScale: Float64Array.of(4, 0, 0, 1),
    });
  });
});
