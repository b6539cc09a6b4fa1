import type { Columns, Matrix, Standardize, Table, Transform } from '../contracts/index.ts';
import { columnsOf } from './columns-of.ts';
import { openTable } from './reader.ts';

/** The transform that changes nothing. */
export function identityTransform(width: number): Transform {
  return { center: new Float64Array(width), scale: new Float64Array(width).fill(1) };
}

/** Rows mapped into the space of a fit, in float64 precision whatever the precision of x. */
export function applyTransform(x: Table, transform: Transform): Matrix & { readonly data: Float64Array } {
  const data = new Float64Array(x.rows * x.cols);
  fillRows(data, x.cols, x, transform);
  return { data, rows: x.rows, cols: x.cols };
}

/**
 * How columns are prepared, from what the first pass found: not at all, each by its own middle and spread, or all by one spread (the root
 * mean square of theirs). A constant column keeps scale 1.
 */
export function transformOf({ center, spread }: Pick<Columns, 'center' | 'spread'>, how: Standardize): Transform {
  if (how === false) return identityTransform(center.length);
  const scale = how === 'jointly' ? spread.map(() => rootMeanSquare(spread)) : spread;
  return { center, scale: scale.map((s) => s || 1) };
}

/**
 * Weighted mean and standard deviation of every column, or median and robust deviation where far rows made the latter; a constant column keeps
 * scale 1. Rows of weight 0 are not looked at.
 *
 * @param jointly  every column gets the same scale, the root of the mean variance
 * @throws NOT_FINITE naming row and column; BAD_DATA naming the column whose mean or deviation no number can hold
 */
export function columnTransform(x: Table, weights: Float64Array | null, jointly = false): Transform {
  const { columns } = columnsOf(openTable(x), weights, 'core/columnTransform');
  return transformOf(columns, jointly ? 'jointly' : true);
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
