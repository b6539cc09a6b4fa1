import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logBeta } from './log-beta.ts';
import fixture from './special.fixture.json' with { type: 'json' };

describe('logBeta', () => {
  it.each(fixture.logBeta)('at %d, %d is %d to 1e-12', (a, b, value) => {
    expect(Math.abs(logBeta(a!, b!) - value!)).toBeLessThanOrEqual(1e-12 * Math.abs(value!));
  });

  it('is symmetric, bit for bit', () => {
    const shape = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(shape, shape, (a, b) => Object.is(logBeta(a, b), logBeta(b, a))),
      { seed: 1 },
    );
  });

  it('obeys B(a, b) = B(a + 1, b) + B(a, b + 1)', () => {
    for (const [a, b] of [
      [0.5, 0.5],
      [3, 9.6],
      [9.7, 40],
      [200, 3000],
    ] as const) {
      const ratio = Math.exp(logBeta(a + 1, b) - logBeta(a, b)) + Math.exp(logBeta(a, b + 1) - logBeta(a, b));
      expect(ratio).toBeCloseTo(1, 12);
    }
  });

  it('is NaN outside the domain', () => {
    expect([logBeta(0, 1), logBeta(1, -2), logBeta(Number.NaN, 1)]).toEqual(Array(3).fill(Number.NaN));
  });
});
