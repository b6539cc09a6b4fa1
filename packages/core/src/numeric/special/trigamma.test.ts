import { describe, expect, it } from 'vitest';
import fixture from './special.fixture.json' with { type: 'json' };
import { trigamma } from './trigamma.ts';

describe('trigamma', () => {
  it.each(fixture.trigamma)('at %d is %d to 1e-12', (x, value) => {
    expect(Math.abs(trigamma(x!) - value!)).toBeLessThanOrEqual(1e-12 * Math.abs(value!));
  });

  it('obeys ψ′(x + 1) = ψ′(x) − 1/x²', () => {
    for (const x of [0.3, 1, 2.7, 40]) expect(trigamma(x + 1)).toBeCloseTo(trigamma(x) - 1 / x ** 2, 12);
  });

  it('is NaN at its poles and for NaN', () => {
    expect([0, -1, Number.NaN].map(trigamma)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});
