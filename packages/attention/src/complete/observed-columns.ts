import { fail } from '@mixtention/core/base';

/**
 * A mask that shows a run of columns: 1 from column `from` up to, but not including, column `to`, else 0.
 *
 * @param width  D
 * @returns `[D]`
 * @throws BAD_OPTION when the run does not lie within the width
 *
 * @example
 * observedColumns(4, 0, 2); // Uint8Array [1, 1, 0, 0]: the first half is seen
 */
export function observedColumns(width: number, from: number, to: number): Uint8Array {
  const sound = [width, from, to].every(Number.isInteger) && 0 <= from && from <= to && to <= width;
  if (!sound)
    fail(
      'attention/observedColumns',
      'BAD_OPTION',
      `columns ${from} to ${to} of ${width} were asked for; 0 ≤ from ≤ to ≤ width was due`,
    );
  return new Uint8Array(width).fill(1, from, to);
}
