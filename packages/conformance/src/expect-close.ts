import type { Tree } from '@mixtention/core';
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

/** Requires two trees of one shape to be close, relative to the size of each array (1 at least). */
export function expectCloseTrees(came: Tree, due: Tree, tolerance: number, path = 'tree'): void {
  if (typeof due === 'number') expectClose([came as number], [due], tolerance * scaleOf([due]), path);
  else if (due instanceof Float64Array) expectClose(came as Float64Array, due, tolerance * scaleOf(due), path);
  else if (typeof due !== 'object' || due === null) expect(came, path).toBe(due);
  else {
    expect(Object.keys(came as object), path).toEqual(Object.keys(due));
    for (const [name, value] of Object.entries(due)) {
      expectCloseTrees((came as { [name: string]: Tree })[name]!, value as Tree, tolerance, `${path}.${name}`);
    }
  }
}

/** Largest size of the entries; 1 at least. */
export function scaleOf(values: ArrayLike<number>): number {
  let scale = 1;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) scale = Math.max(scale, Math.abs(values[i]!));
  return scale;
}
