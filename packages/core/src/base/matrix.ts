import type { Matrix, Table } from '../contracts/index.ts';
import { checkColumns } from './columns.ts';
import { counted } from './counted.ts';
import { fail } from './errors.ts';

/** What a person may hand over as a matrix: rows of numbers, a typed array with its shape, or a tensor of rank 2 (or 1: one column). */
export type MatrixLike =
  | Matrix
  | Table
  | readonly (readonly number[])[]
  | readonly Float64Array[]
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] }
  | TensorLike;

/** Columns from which a row is copied as a whole. */
const WIDE = 64;

/** The part of a tfjs tensor that is read. */
export type TensorLike = { readonly shape: readonly number[]; readonly rank: number; dataSync(): ArrayLike<number> };

/**
 * A dense matrix of finite numbers from whatever users hold.
 *
 * A `Float64Array` or `Float32Array` that fits is used as it is, without a copy; all else is copied into float64. Names of columns that came
 * along (`columns`) stay with it.
 *
 * @param input  rows, typed array with `shape` (or `rows`/`cols`), or tensor
 * @param where  for messages: package/function
 * @returns `[N, D]`
 * @throws BAD_SHAPE on ragged or empty input, NOT_FINITE naming row and column (counted from 0)
 *
 * @example
 * matrix([[1, 2], [3, 4]]); // { data: Float64Array [1, 2, 3, 4], rows: 2, cols: 2 }
 */
export function matrix(input: MatrixLike, where = 'core/matrix'): Matrix {
  const result = dense(input, where);
  checkFinite(result, where);
  return result;
}

/**
 * The same as `matrix` for cells that may be NaN or infinite: data with missing cells, or log priors that hold −∞.
 *
 * @param input  rows, typed array with `shape` (or `rows`/`cols`), or tensor
 * @param where  for messages: package/function
 * @returns `[N, D]`
 * @throws BAD_SHAPE on ragged input, BAD_DATA on empty input or cells that are no numbers
 *
 * @example
 * dense([[1, Number.NaN]]).cols; // 2
 */
export function dense(input: MatrixLike, where = 'core/dense'): Matrix {
  const result = toDense(input, where);
  if (result.rows === 0 || result.cols === 0)
    fail(where, 'BAD_DATA', `the data are empty (${counted(result.rows, 'row')} × ${counted(result.cols, 'column')})`);
  const { columns } = input as { readonly columns?: unknown };
  return columns === undefined ? result : { ...result, columns: checkColumns(columns, result.cols, where) };
}

/**
 * Refuses NaN and infinite cells, naming the first.
 *
 * @throws NOT_FINITE with row and column, counted from 0
 *
 * @example
 * expect(() => checkFinite(dense([[1, Number.NaN]]), 'mine/fit')).toThrow('row 0, column 1');
 */
export function checkFinite(m: Matrix, where: string): void {
  const { data, cols } = m;
  // What is 0 for numbers and NaN for all else, added up in four sums that need not wait for one another: a test of each would take far longer.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (const last = data.length - 3; i < last; i += 4) {
    const w = data[i]!;
    const x = data[i + 1]!;
    const y = data[i + 2]!;
    const z = data[i + 3]!;
    a += w - w;
    b += x - x;
    c += y - y;
    d += z - z;
  }
  for (; i < data.length; i++) a += data[i]! - data[i]!;
  if (a + b + c + d === 0) return;
  for (i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      fail(
        where,
        'NOT_FINITE',
        `row ${Math.floor(i / cols)}, column ${i % cols} (counted from 0) is ${data[i]}, a finite number was due`,
      );
    }
  }
}

/**
 * A view of rows `from … to`, without a copy.
 *
 * @example
 * rowsOf(matrix([[1, 2], [3, 4], [5, 6]]), 1, 3).data; // [3, 4, 5, 6]
 */
export function rowsOf(m: Matrix, from: number, to: number): Matrix {
  return { ...namesOf(m), data: m.data.subarray(from * m.cols, to * m.cols), rows: to - from, cols: m.cols };
}

/**
 * Some rows, copied.
 *
 * @example
 * takeRows(matrix([[1, 2], [3, 4], [5, 6]]), [2, 0]).data; // [5, 6, 1, 2]
 */
export function takeRows(m: Matrix, rows: ArrayLike<number>): Matrix {
  const length = rows.length * m.cols;
  return copyRows(m, rows, m.data instanceof Float64Array ? new Float64Array(length) : new Float32Array(length));
}

/**
 * The same into memory that is given, `[rows.length · D]`.
 *
 * @example
 * copyRows(matrix([[1, 2], [3, 4], [5, 6]]), [2, 0], new Float64Array(4)).data; // [5, 6, 1, 2]
 */
export function copyRows(m: Matrix, rows: ArrayLike<number>, data: Float32Array | Float64Array): Matrix {
  const { data: from, cols } = m;
  for (let i = 0, at = 0; i < rows.length; i++) {
    const start = rows[i]! * cols;
    // A view of each row would take longer than its few numbers, and less than many.
    if (cols >= WIDE) data.set(from.subarray(start, start + cols), i * cols);
    else for (let d = 0; d < cols; d++) data[at++] = from[start + d]!;
  }
  return { ...namesOf(m), data, rows: rows.length, cols };
}

function namesOf({ columns }: Matrix): { readonly columns?: readonly string[] } {
  return columns === undefined ? {} : { columns };
}

function toDense(input: MatrixLike, where: string): Matrix {
  if (typeof input !== 'object' || input === null)
    return fail(where, 'BAD_DATA', `the data are ${describe(input)}, rows of numbers were due`);
  if (Array.isArray(input)) return fromRows(input, where);
  if ('dataSync' in input && typeof input.dataSync === 'function')
    return fromShape(input.dataSync(), input.shape, where);
  if ('shape' in input && 'data' in input) return fromShape(input.data as ArrayLike<number>, input.shape, where);
  if ('rows' in input && 'cols' in input) return fromShape(input.data, [input.rows, input.cols], where);
  return fail(
    where,
    'BAD_DATA',
    'the data are an object without rows; give rows of numbers, { data, rows, cols }, or a tensor',
  );
}

function fromShape(data: ArrayLike<number>, shape: readonly number[], where: string): Matrix {
  const [rows, cols] = sizesOf(shape, where);
  if (data?.length !== rows * cols)
    fail(
      where,
      'BAD_SHAPE',
      `the shape [${shape}] needs ${counted(rows * cols, 'number')}, the data hold ${data?.length}`,
    );
  if (data instanceof Float64Array || data instanceof Float32Array) return { data, rows, cols };
  return { data: copyCells(data, cols, where), rows, cols };
}

/** A shape as rows and columns; one dimension is one column. */
export function sizesOf(shape: readonly number[], where: string): readonly [number, number] {
  if (!Array.isArray(shape) || shape.length < 1 || shape.length > 2)
    fail(where, 'BAD_SHAPE', `the data have shape [${shape}], rank 1 or 2 was due`);
  const [rows, cols = 1] = shape as [number, number?];
  for (const size of [rows, cols, rows * cols])
    if (!Number.isSafeInteger(size) || size < 0)
      fail(where, 'BAD_SHAPE', `the shape [${shape}] is not a pair of counts`);
  return [rows, cols];
}

/** Cells of what is no array of floats; 64-bit integers too, as far as float64 holds them. */
function copyCells(cells: ArrayLike<unknown>, cols: number, where: string): Float64Array {
  return Float64Array.from(cells, (cell, i) => {
    const value = typeof cell === 'bigint' ? Number(cell) : cell;
    if (typeof value === 'number' && (typeof cell === 'number' || Number.isSafeInteger(value))) return value;
    return refuseCell(cell, Math.floor(i / cols), i % cols, where);
  });
}

function fromRows(input: readonly ArrayLike<number>[], where: string): Matrix {
  const rows = input.length;
  const first = input[0];
  if (rows === 0) return { data: new Float64Array(0), rows: 0, cols: 0 };
  if (typeof first === 'number')
    fail(where, 'BAD_SHAPE', 'the data are one list of numbers; for one column give [[1], [2], …]');
  const cols = first?.length;
  if (cols === undefined) fail(where, 'BAD_DATA', `row 0 (counted from 0) is ${describe(first)}, numbers were due`);
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const row = input[i];
    if (row?.length !== cols)
      fail(
        where,
        'BAD_SHAPE',
        `row ${i} (counted from 0) has ${row?.length === undefined ? 'no columns' : counted(row.length, 'column')}, row 0 has ${cols}`,
      );
    for (let j = 0; j < cols; j++) {
      const cell: unknown = row[j];
      data[i * cols + j] = typeof cell === 'number' ? cell : refuseCell(cell, i, j, where);
    }
  }
  return { data, rows, cols };
}

function refuseCell(cell: unknown, row: number, column: number, where: string): never {
  return fail(
    where,
    'BAD_DATA',
    `row ${row}, column ${column} (counted from 0) is ${describe(cell)}, a number was due`,
  );
}

function describe(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
