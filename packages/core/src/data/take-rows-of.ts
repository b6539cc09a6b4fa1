import type { Dataset, Matrix } from '../contracts/index.ts';
import { readSome } from './read-some.ts';
import { openReader } from './reader.ts';
import { fillRows } from './transform.ts';

/**
 * Some rows of a data set, in float64 and the space of its transform.
 *
 * @param rows  numbers of rows, rising
 * @returns `[rows.length, D]`
 *
 * @example
 * takeRowsOf(dataset(faithful()), [0]).data; // [3.6, 79]
 */
export function takeRowsOf(data: Dataset, rows: ArrayLike<number>): Matrix & { readonly data: Float64Array } {
  const taken = readSome(openReader(data), rows);
  fillRows(taken.data, data.width, taken, data.transform);
  return taken;
}
