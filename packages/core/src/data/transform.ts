import type { Columns, Matrix, Scaling, Standardize, Table, Transform } from '../contracts/index.ts';
import { columnsOf } from './columns-of.ts';
import { openTable } from './reader.ts';

/**
 * The transform that changes nothing.
 *
 * @example
 * identityTransform(2); // { center: [0, 0], scale: [1, 1] }
 */
export function identityTransform(width: number): Transform {
  return { center: new Float64Array(width), scale: new Float64Array(width).fill(1) };
}

/**
 * Rows mapped into the space of a fit, in float64 precision whatever the precision of x.
 *
 * @example
 * const transform = { center: Float64Array.of(10), scale: Float64Array.of(2) };
 * applyTransform(matrix([[12], [14]]), transform).data; // [1, 2]
 */
export function applyTransform(x: Table, transform: Transform): Matrix & { readonly data: Float64Array } {
  const data = new Float64Array(x.rows * x.cols);
  fillRows(data, x.cols, x, transform);
  return { data, rows: x.rows, cols: x.cols };
}

/**
 * How columns are prepared, from what the first pass found: not at all, by their own middle and spread, or by the common spread of a group (the
 * root mean square of theirs). A constant column keeps scale 1.
 *
 * @example
 * const { center, scale } = transformOf({ center: Float64Array.of(5, 5), spread: Float64Array.of(2, 3) }, ['alone', 'none']);
 * center; // [5, 0]
 * scale; // [2, 1]
 */
export function transformOf({ center, spread }: Pick<Columns, 'center' | 'spread'>, how: Standardize): Transform {
  const ways = scalingsFor(how, center.length);
  const common = new Map<Scaling, number>();
  const scaleOf = (way: Scaling, d: number): number => {
    if (way === 'none') return 1;
    if (way === 'alone') return spread[d]!;
    if (!common.has(way)) common.set(way, rootMeanSquare(spread.filter((_, e) => ways[e] === way)));
    return common.get(way)!;
  };
  return {
    center: center.map((c, d) => (ways[d] === 'none' ? 0 : c)),
    scale: Float64Array.from(ways, (way, d) => scaleOf(way, d) || 1),
  };
}

/** The same column by column. */
export function scalingsFor(how: Standardize, width: number): readonly Scaling[] {
  if (typeof how === 'object') return how;
  return new Array<Scaling>(width).fill(how === 'jointly' ? 0 : how ? 'alone' : 'none');
}

/**
 * Weighted mean and standard deviation of every column, or median and robust deviation where far rows made the latter; a constant column keeps
 * scale 1. Rows of weight 0 are not looked at.
 *
 * @param how  every column by its own deviation, unless given
 * @throws NOT_FINITE naming row and column; BAD_DATA naming the column whose mean or deviation no number can hold
 *
 * @example
 * columnTransform(matrix([[8], [12]]), null).center; // [10]
 */
export function columnTransform(x: Table, weights: Float64Array | null, how: Standardize = true): Transform {
  const { columns } = columnsOf(openTable(x), weights, 'core/columnTransform');
  return transformOf(columns, how);
}

/** Writes rows into the space of a fit, `stride` apart; the arithmetic is float64, the target's type rounds. */
export function fillRows(
  target: Float64Array | Float32Array,
  stride: number,
  { data, rows, cols }: Table,
  { center, scale }: Transform,
): void {
  for (let n = 0; n < rows; n++) {
    const from = n * cols;
    const to = n * stride;
    for (let d = 0; d < cols; d++) target[to + d] = (data[from + d]! - center[d]!) / scale[d]!;
  }
}

/** True where nothing is changed. */
export function isIdentity({ center, scale }: Transform): boolean {
  return center.every((c) => c === 0) && scale.every((s) => s === 1);
}

function rootMeanSquare(values: Float64Array): number {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  return most > 0 ? most * Math.sqrt(values.reduce((sum, v) => sum + (v / most) ** 2, 0) / values.length) : 0;
}
