import { describe, expect, it } from 'vitest';
import { lgamma } from './lgamma.ts';
import fixture from './special.fixture.json' with { type: 'json' };

describe('lgamma', () => {
  it.each(fixture.lgamma)('at %d is %d to 1e-12', (x, value) => {
    expect(Math.abs(lgamma(x!) - value!)).toBeLessThanOrEqual(1e-12 * Math.abs(value!));
  });

  it('is the logarithm of the factorial', () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n++) {
      factorial *= n;
      expect(lgamma(n + 1)).toBeCloseTo(Math.log(factorial), 12);
    }
  });

  it('is +∞ at its poles and at +∞, and NaN for NaN', () => {
    expect([0, -1, -7, Number.POSITIVE_INFINITY].map(lgamma)).toEqual(Array(4).fill(Number.POSITIVE_INFINITY));
    expect(lgamma(Number.NaN)).toBeNaN();
  });
});
