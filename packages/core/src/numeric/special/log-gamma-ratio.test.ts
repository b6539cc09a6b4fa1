import { describe, expect, it } from 'vitest';
import { logGammaRatio } from './log-gamma-ratio.ts';
import fixture from './special.fixture.json' with { type: 'json' };

describe('logGammaRatio', () => {
  it.each(fixture.logGammaRatio)('at a = %d, b = %d is %d to 1e-12', (a, b, value) => {
    expect(Math.abs(logGammaRatio(a!, b!) - value!)).toBeLessThanOrEqual(1e-12 * Math.abs(value!));
  });

  it('is 0 at a = 0 and −log b at a = 1', () => {
    for (const b of [10, 1e3, 1e9]) {
      expect(logGammaRatio(0, b)).toBeCloseTo(0, 15);
      expect(logGammaRatio(1, b)).toBeCloseTo(-Math.log(b), 12);
    }
  });
});
