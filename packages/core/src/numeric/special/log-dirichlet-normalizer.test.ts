import { describe, expect, it } from 'vitest';
import { logBeta } from './log-beta.ts';
import { logDirichletNormalizer } from './log-dirichlet-normalizer.ts';
import fixture from './special.fixture.json' with { type: 'json' };

describe('logDirichletNormalizer', () => {
  it.each(fixture.logDirichletNormalizer as [number[], number][])('at %j is %d to 1e-12', (concentration, value) => {
    expect(Math.abs(logDirichletNormalizer(concentration) - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
  });

  it('is minus log beta for two components and 0 for one', () => {
    expect(logDirichletNormalizer([2.5, 7])).toBe(-logBeta(2.5, 7));
    expect(logDirichletNormalizer([2.5])).toBe(0);
  });

  it('is log (K − 1)! for the uniform density', () => {
    expect(logDirichletNormalizer(new Float64Array(6).fill(1))).toBeCloseTo(Math.log(120), 14);
  });

  it('is NaN outside the domain', () => {
    expect([[0], [1, -1], [0, 1, 2], [1, Number.NaN]].map(logDirichletNormalizer)).toEqual(Array(4).fill(Number.NaN));
  });
});
