import type { Dataset, Matrix } from '../contracts/index.ts';
import { openReader } from './reader.ts';
import { fillRows } from './transform.ts';

/**
 * Some rows of a data set, in float64 and the space of its transform.
 *
 * @param rows  numbers of rows, rising
 * @returns `[rows.length, D]`
 */
export function takeRowsOf(data: Dataset, rows: ArrayLike<number>): Matrix & { readonly data: Float64Array } {
  const { width } = data;
  const reader = openReader(data);
  const taken = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = reader.read(rows[i]!, rows[i]! + 1);
    fillRows(taken.subarray(i * width, (i + 1) * width), width, row, data.transform);
  }
  return { data: taken, rows: rows.length, cols: width };
}
