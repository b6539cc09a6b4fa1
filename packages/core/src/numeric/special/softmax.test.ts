import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSumExp } from './log-sum-exp.ts';
import { softmax } from './softmax.ts';

const never = Number.NEGATIVE_INFINITY;
const always = Number.POSITIVE_INFINITY;

function softened(...x: number[]): number[] {
  const copy = Float64Array.from(x);
  softmax(copy);
  return [...copy];
}

describe('softmax', () => {
  it('turns logarithms of proportions into those proportions', () => {
    const [a, b, c] = softened(Math.log(0.2), Math.log(0.3), Math.log(0.5));
    expect(a).toBeCloseTo(0.2, 15);
    expect(b).toBeCloseTo(0.3, 15);
    expect(c).toBeCloseTo(0.5, 15);
  });

  it('returns the log-sum-exp of what came in', () => {
    expect(softmax(Float64Array.of(1, 2, 3))).toBe(logSumExp([1, 2, 3]));
    expect(softmax(Float64Array.of(never, never))).toBe(never);
    expect(softmax(Float64Array.of(1, always))).toBe(always);
  });

  it('gives everything to the only entry that is not −∞, and nothing to anybody when all are', () => {
    expect(softened(never, -5, never)).toEqual([0, 1, 0]);
    expect(softened(never, never)).toEqual([0, 0]);
    expect(softened()).toEqual([]);
  });

  it('shares the whole among entries of +∞', () => {
    expect(softened(always, 3, always)).toEqual([0.5, 0, 0.5]);
  });

  it('stays finite at the ends of the range', () => {
    expect(softened(1e308, 1e308)).toEqual([0.5, 0.5]);
    expect(softened(-1e308, -1e308)).toEqual([0.5, 0.5]);
    expect(softened(1e308, -1e308)).toEqual([1, 0]);
    expect(softened(1e4, 0, -1e4)).toEqual([1, 0, 0]);
  });

  it('spreads NaN over the whole slice, so that it cannot pass unseen', () => {
    expect(softened(1, Number.NaN)).toEqual([Number.NaN, Number.NaN]);
  });

  it('changes only its slice', () => {
    const x = Float32Array.of(7, 0, 0, 7);
    softmax(x, 1, 3);
    expect([...x]).toEqual([7, 0.5, 0.5, 7]);
  });

  it('sums to one within 4 ulp, each entry between 0 and 1', () => {
    const entry = fc.oneof(fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.constant(never));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), fc.double({ min: -1e4, max: 1e4, noNaN: true }), (x, finite) => {
        const proportions = softened(finite, ...x);
        expect(Math.abs(proportions.reduce((a, b) => a + b) - 1)).toBeLessThanOrEqual(4 * Number.EPSILON);
        for (const p of proportions) expect(p >= 0 && p <= 1).toBe(true);
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});
