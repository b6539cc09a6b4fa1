import { describe, expect, it } from 'vitest';
import { digamma } from './digamma.ts';
import fixture from './special.fixture.json' with { type: 'json' };

describe('digamma', () => {
  it.each(fixture.digamma)('at %d is %d to 1e-12', (x, value) => {
    expect(Math.abs(digamma(x!) - value!)).toBeLessThanOrEqual(1e-12 * Math.abs(value!));
  });

  it('obeys ψ(x + 1) = ψ(x) + 1/x', () => {
    for (const x of [0.3, 1, 2.7, 40, 1e5]) expect(digamma(x + 1)).toBeCloseTo(digamma(x) + 1 / x, 13);
  });

  it('is NaN at its poles and for NaN, and +∞ at +∞', () => {
    expect([0, -1, -7, Number.NaN].map(digamma)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect(digamma(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});
