import { expect } from 'vitest';

/**
 * Requires `|actual − expected| ≤ tolerance` of every entry and names the worst one; equal infinities are close, NaN never is.
 *
 * @param what       what is compared, for the message
 * @param tolerance  absolute: one for all, or one for each entry
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number | ArrayLike<number>,
  what: string,
): void {
  expect(actual.length, `length of ${what}`).toBe(expected.length);
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === expected[i]) continue;
    const distance = Math.abs(actual[i]! - expected[i]!);
    const ratio = distance / (typeof tolerance === 'number' ? tolerance : tolerance[i]!);
    // Written so that NaN counts as the worst.
    if (!(ratio <= 1) && !(ratio <= excess))
      [worst, excess] = [i, Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio];
  }
  if (worst < 0) return;
  const allowed = typeof tolerance === 'number' ? tolerance : tolerance[worst]!;
  expect.fail(
    `${what}: entry ${worst} is ${actual[worst]}, ${expected[worst]} ± ${allowed.toExponential(2)} was due (${excess.toFixed(1)} times as far)`,
  );
}

/** Requires two trees to be equal in every bit of every number. */
export function expectSameBits(actual: unknown, expected: unknown, what: string): void {
  // toStrictEqual tells −0 from 0 and holds NaN equal to NaN.
  expect(actual, what).toStrictEqual(expected);
}

/** Largest size of the entries; 1 at least. */
export function scaleOf(values: ArrayLike<number>): number {
  let scale = 1;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) scale = Math.max(scale, Math.abs(values[i]!));
  return scale;
}
