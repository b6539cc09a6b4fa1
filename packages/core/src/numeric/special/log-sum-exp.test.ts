import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSumExp } from './log-sum-exp.ts';
import fixture from './special.fixture.json' with { type: 'json' };

const never = Number.NEGATIVE_INFINITY;

describe('logSumExp', () => {
  it.each(fixture.logSumExp as [number[], number][])('of %j is %d to 1e-12', (x, value) => {
    expect(Math.abs(logSumExp(x) - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
  });

  it('of one entry is that entry, bit for bit', () => {
    for (const x of [0, -3.7, 1e308, -1e308, never]) expect(logSumExp([x])).toBe(x);
  });

  it('counts −∞ as zero, and is −∞ when nothing is left', () => {
    expect(logSumExp([never, 2, never])).toBe(2);
    expect(logSumExp([never, never])).toBe(never);
    expect(logSumExp([])).toBe(never);
  });

  it('is +∞ when an entry is, and NaN when an entry is', () => {
    expect(logSumExp([1, Number.POSITIVE_INFINITY, never])).toBe(Number.POSITIVE_INFINITY);
    expect(logSumExp([1, Number.NaN, Number.POSITIVE_INFINITY])).toBeNaN();
  });

  it('does not overflow when entries span the whole range', () => {
    expect(logSumExp([1e308, -1e308, 0])).toBe(1e308);
  });

  it('takes a slice of any typed array', () => {
    expect(logSumExp(Float32Array.of(9, 1, 1, 9), 1, 3)).toBeCloseTo(1 + Math.log(2), 15);
  });

  it('moves with a shift of all entries, and lies between the maximum and the maximum plus log n', () => {
    const entries = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(entries, fc.double({ min: -1e3, max: 1e3, noNaN: true }), (x, shift) => {
        const value = logSumExp(x);
        const max = Math.max(...x);
        expect(Math.abs(logSumExp(x.map((v) => v + shift)) - value - shift)).toBeLessThanOrEqual(1e-11);
        expect(value).toBeGreaterThanOrEqual(max);
        expect(value).toBeLessThanOrEqual(max + Math.log(x.length) + 1e-12);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});
