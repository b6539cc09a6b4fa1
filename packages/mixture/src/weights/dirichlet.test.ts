import { generator, key, logBeta, sampleDirichlet } from '@mixtention/core/numeric';
import { standardErrors } from '@mixtention/core/testing';
import { describe, expect, it } from 'vitest';
import { dirichlet } from './dirichlet.ts';

const logs = (...weights: number[]): Float64Array => Float64Array.from(weights, Math.log);

describe('dirichlet', () => {
  it('estimates shares of counts under c = 1, and −∞ for what owns nothing', () => {
    const estimate = dirichlet.estimate(Float64Array.of(30, 0, 10), 1);
    expect(estimate[0]).toBeCloseTo(Math.log(0.75), 15);
    expect(estimate[1]).toBe(Number.NEGATIVE_INFINITY);
    expect(estimate[2]).toBeCloseTo(Math.log(0.25), 15);
  });

  it('adds c − 1 to every count', () => {
    const estimate = dirichlet.estimate(Float64Array.of(30, 0, 10), 3);
    expect([...estimate.map(Math.exp)].map((w) => Math.round(w * 46 * 1e12) / 1e12)).toEqual([32, 2, 12]);
  });

  it('cuts negative pseudo-counts at 0 under c < 1', () => {
    const weights = dirichlet.estimate(Float64Array.of(3.5, 0.2), 0.5).map(Math.exp);
    expect([...weights]).toEqual([1, 0]);
  });

  it('is even when nobody owns anything', () => {
    for (const w of dirichlet.estimate(new Float64Array(4), 1)) expect(w).toBeCloseTo(-Math.log(4), 15);
  });

  it('has the mode of its posterior where the estimate is', () => {
    const counts = Float64Array.of(5, 2, 9);
    const height = (logWeights: Float64Array): number =>
      counts.reduce((sum, n, k) => sum + n * logWeights[k]!, 0) + dirichlet.logDensity(logWeights, 1.7);
    const mode = dirichlet.estimate(counts, 1.7).map(Math.exp);
    const top = height(mode.map(Math.log));
    for (const [i, j] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      const shifted = mode.slice();
      shifted[i]! += 1e-4;
      shifted[j]! -= 1e-4;
      expect(height(shifted.map(Math.log))).toBeLessThan(top);
    }
  });

  it('has the density of a beta for two components, every constant included', () => {
    const expected = 1.5 * Math.log(0.3) + 1.5 * Math.log(0.7) - logBeta(2.5, 2.5);
    expect(dirichlet.logDensity(logs(0.3, 0.7), 2.5)).toBeCloseTo(expected, 13);
  });

  it('is flat under c = 1, also where a weight is 0', () => {
    expect(dirichlet.logDensity(logs(1, 0, 0), 1)).toBeCloseTo(Math.log(2), 14);
  });

  it('expects logarithms as samples have them, within 4 standard errors', () => {
    const alpha = dirichlet.posterior(Float64Array.of(1, 4, 0.5), 0.5);
    expect([...alpha]).toEqual([1.5, 4.5, 1]);
    const random = generator(key(1));
    const draws = Array.from({ length: 4000 }, () => sampleDirichlet(random, alpha));
    dirichlet.expectedLogWeights(alpha).forEach((expected, k) => {
      expect(
        standardErrors(
          draws.map((w) => Math.log(w[k]!)),
          expected,
        ),
      ).toBeLessThan(4);
    });
  });

  it('diverges from its prior as E log q − log p over samples does, and not at all from itself', () => {
    const alpha = Float64Array.of(3, 1.5, 2);
    const random = generator(key(2));
    const ratios = Array.from({ length: 4000 }, () => {
      const l = sampleDirichlet(random, alpha).map(Math.log);
      // log q up to its normaliser, by the general density written out
      const logQ = alpha.reduce((sum, a, k) => sum + (a - 1) * l[k]!, 0);
      return logQ - dirichlet.logDensity(l, 0.8);
    });
    const logNormalizer = -(logBeta(3, 1.5) + logBeta(4.5, 2));
    expect(
      standardErrors(
        ratios.map((r) => r + logNormalizer),
        dirichlet.divergence(alpha, 0.8),
      ),
    ).toBeLessThan(4);
    expect(dirichlet.divergence(Float64Array.of(2, 2, 2), 2)).toBeCloseTo(0, 14);
  });
});
