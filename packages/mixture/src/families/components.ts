import type { ColumnKind, Parts } from '@mixtention/core';

/** A component with less than this share of all rows owns nothing: its statistics would be the rounding of others. */
const LEAST_SHARE = 1e-10;

/**
 * Estimates every component that owns data.
 *
 * @param counts  `[K]`
 * @param estimate  handles component k and says whether it fell to the floor
 * @returns components that own nothing, or fell to the floor
 *
 * @example
 * eachOwned(Float64Array.of(3, 0), (k) => k < 0); // [1]: nobody's
 */
export function eachOwned(counts: Float64Array, estimate: (k: number) => boolean): number[] {
  const least = LEAST_SHARE * counts.reduce((sum, n) => sum + n, 0);
  return Array.from(counts.keys()).filter((k) => !(counts[k]! > least) || estimate(k));
}

/**
 * D columns of one kind.
 *
 * @example
 * alikeColumns(2, { scaling: 'alone', cells: 'real' }).length; // 2
 */
export function alikeColumns(width: number, kind: ColumnKind): ColumnKind[] {
  return new Array<ColumnKind>(width).fill(kind);
}

/**
 * Rows of `[K, width]` in another order: row k of the result is row `order[k]`.
 *
 * @example
 * permuteRows(Float64Array.of(1, 2, 3, 4), 2, [1, 0, 1]); // [3, 4, 1, 2, 3, 4]
 */
export function permuteRows(data: Float64Array, width: number, order: readonly number[]): Float64Array {
  const permuted = new Float64Array(order.length * width);
  for (let k = 0; k < order.length; k++) {
    permuted.set(data.subarray(order[k]! * width, (order[k]! + 1) * width), k * width);
  }
  return permuted;
}

/**
 * Cells `[K, width]` added up for each component, as divergence and evidence of a prior are told.
 *
 * @param part  what a cell adds
 *
 * @example
 * perComponent(2, 4, (cell) => cell).perComponent; // [1, 5]
 */
export function perComponent(width: number, cells: number, part: (cell: number) => number): Parts {
  const sums = new Float64Array(cells / width);
  for (let i = 0; i < cells; i++) sums[Math.floor(i / width)]! += part(i);
  return { perComponent: sums, shared: 0 };
}
