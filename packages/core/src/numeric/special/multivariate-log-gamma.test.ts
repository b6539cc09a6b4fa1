import { describe, expect, it } from 'vitest';
import { lgamma } from './lgamma.ts';
import { multivariateLogGamma } from './multivariate-log-gamma.ts';
import fixture from './special.fixture.json' with { type: 'json' };

describe('multivariateLogGamma', () => {
  it.each(fixture.multivariateLogGamma)('at a = %d, D = %d is %d to 1e-12', (a, d, value) => {
    expect(Math.abs(multivariateLogGamma(a!, d!) - value!)).toBeLessThanOrEqual(1e-12 * Math.abs(value!));
  });

  it('is log gamma for D = 1', () => {
    for (const a of [0.1, 1, 3.5, 1e4]) expect(multivariateLogGamma(a, 1)).toBe(lgamma(a));
  });

  it('is NaN where the Wishart density does not exist', () => {
    expect([0.5, 1, Number.NaN].map((a) => multivariateLogGamma(a, 3))).toEqual(Array(3).fill(Number.NaN));
  });
});
