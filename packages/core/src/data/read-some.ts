import type { Matrix } from '../contracts/index.ts';
import { partRows } from './pass.ts';
import type { RowReader } from './reader.ts';

/**
 * Some rows, in float64 and the user's units.
 *
 * @param rows  their numbers, rising
 * @returns `[rows.length, D]`
 *
 * Cost: rows that lie within a part of a pass are read in one go, with what is between them.
 */
export function readSome(reader: RowReader, rows: ArrayLike<number>): Matrix & { readonly data: Float64Array } {
  const { cols } = reader;
  const data = new Float64Array(rows.length * cols);
  const reach = partRows(cols);
  for (let i = 0; i < rows.length; ) {
    const from = rows[i]!;
    let end = i + 1;
    while (end < rows.length && rows[end]! < from + reach) end++;
    const part = reader.read(from, rows[end - 1]! + 1).data;
    for (; i < end; i++) {
      const at = (rows[i]! - from) * cols;
      data.set(part.subarray(at, at + cols), i * cols);
    }
  }
  return { data, rows: rows.length, cols };
}
