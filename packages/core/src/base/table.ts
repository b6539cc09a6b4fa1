import type { Table } from '../contracts/index.ts';
import { checkColumns } from './columns.ts';
import { counted } from './counted.ts';
import { fail } from './errors.ts';
import { dense, type MatrixLike, sizesOf } from './matrix.ts';

const INTEGERS = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array] as const;

/**
 * Rows of numbers from whatever users hold, in their own type: integers in typed arrays stay integers, all else is as `dense` makes it. NaN and
 * infinities are left to whoever reads the rows.
 *
 * @param input  rows, typed array with `shape` (or `rows`/`cols`), or tensor
 * @param where  for messages: package/function
 * @returns `[N, D]`; a typed array is used as it is, without a copy
 * @throws BAD_SHAPE on ragged input, BAD_DATA on empty input or cells that are no numbers
 *
 * @example
 * table({ data: Uint8Array.of(0, 1, 1, 0), rows: 2, cols: 2 }, 'mine/fit').data; // [0, 1, 1, 0]
 */
export function table(input: MatrixLike, where: string): Table {
  if (typeof input !== 'object' || input === null || !('data' in input)) return dense(input, where);
  const { data } = input as Table;
  if (!INTEGERS.some((Type) => data instanceof Type)) return dense(input, where);
  const { shape, rows: N, cols: D, columns } = input as Table & { readonly shape?: readonly number[] };
  const [rows, cols] = sizesOf(shape ?? [N, D], where);
  if (data.length !== rows * cols)
    fail(
      where,
      'BAD_SHAPE',
      `the shape [${shape ?? [N, D]}] needs ${counted(rows * cols, 'number')}, the data hold ${data.length}`,
    );
  if (data.length === 0)
    fail(where, 'BAD_DATA', `the data are empty (${counted(rows, 'row')} × ${counted(cols, 'column')})`);
  const names = columns === undefined ? {} : { columns: checkColumns(columns, cols, where) };
  return { data, rows, cols, ...names };
}
