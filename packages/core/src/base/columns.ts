import type { Matrix } from '../contracts/index.ts';
import { counted } from './counted.ts';
import { fail, nearest, show } from './errors.ts';

/** Names listed in a message. */
const SHOWN = 12;

/**
 * The names of columns that came with a matrix, checked.
 *
 * @param columns  what the caller handed over as names
 * @param cols     D, how many were due
 * @throws BAD_DATA unless they are D texts
 *
 * @example
 * checkColumns(['height', 'weight'], 2, 'mine/fit'); // ['height', 'weight']
 */
export function checkColumns(columns: unknown, cols: number, where: string): readonly string[] {
  if (!Array.isArray(columns) || columns.length !== cols || columns.some((name) => typeof name !== 'string')) {
    const came = Array.isArray(columns) ? counted(columns.length, 'name') : show(columns);
    fail(where, 'BAD_DATA', `columns are ${came}, the names of ${counted(cols, 'column')} were due`);
  }
  return columns as readonly string[];
}

/**
 * Refuses a matrix of another width.
 *
 * @throws BAD_SHAPE with both widths
 *
 * @example
 * checkWidth(matrix([[1, 2]]), 2, 'mine/predict');
 * expect(() => checkWidth(matrix([[1, 2]]), 3, 'mine/predict')).toThrow('2 columns, the model was fitted on 3');
 */
export function checkWidth(m: Matrix, width: number, where: string): void {
  if (m.cols !== width)
    fail(where, 'BAD_SHAPE', `the data have ${counted(m.cols, 'column')}, the model was fitted on ${width}`);
}

/**
 * A column as messages name it: `column 1 "weight" (counted from 0)`.
 *
 * @example
 * columnLabel(1, ['height', 'weight']); // 'column 1 "weight" (counted from 0)'
 */
export function columnLabel(column: number, names: readonly string[] | null | undefined): string {
  return `column ${column}${names ? ` ${JSON.stringify(names[column])}` : ''} (counted from 0)`;
}

/**
 * Where a model finds its columns in a matrix: the index of each in the matrix, or null where they stand as the model had them.
 *
 * Where both have names, by name, whatever the order; columns that the model does not know are left out. Else by position.
 *
 * @param m      `[N, D′]`
 * @param names  the model's columns `[D]`; null where it knows none
 * @throws BAD_DATA naming the column that is not there, or is there twice; BAD_SHAPE for another width where there are no names
 *
 * @example
 * const rows = { ...matrix([[79, 3.6]]), columns: ['waiting', 'eruptions'] };
 * columnOrder(rows, ['eruptions', 'waiting'], { width: 2, where: 'mine/predict' }); // [1, 0]
 */
export function columnOrder(
  m: Matrix,
  names: readonly string[] | null,
  { width, where }: { readonly width: number; readonly where: string },
): Int32Array | null {
  const { columns } = m;
  if (columns === undefined || names === null) {
    checkWidth(m, width, where);
    return null;
  }
  if (columns.length === names.length && columns.every((name, d) => name === names[d])) return null;
  return Int32Array.from(names, (name) => findColumn(name, columns, where));
}

/**
 * Some columns of a matrix in an order of their own, copied; the matrix itself for null.
 *
 * @example
 * takeColumns(matrix([[1, 2, 3]]), [2, 0]).data; // [3, 1]
 */
export function takeColumns(m: Matrix, order: ArrayLike<number> | null): Matrix {
  if (order === null) return m;
  const { rows, cols } = m;
  const width = order.length;
  const data = m.data instanceof Float64Array ? new Float64Array(rows * width) : new Float32Array(rows * width);
  for (let n = 0; n < rows; n++) for (let d = 0; d < width; d++) data[n * width + d] = m.data[n * cols + order[d]!]!;
  const names = m.columns;
  return { data, rows, cols: width, ...(names && { columns: Array.from(order, (d) => names[d]!) }) };
}

/**
 * The columns of a model, in its order: `takeColumns` at `columnOrder`.
 *
 * @example
 * const rows = { ...matrix([[79, 3.6]]), columns: ['waiting', 'eruptions'] };
 * alignColumns(rows, ['eruptions', 'waiting'], { width: 2, where: 'mine/predict' }).data; // [3.6, 79]
 */
export function alignColumns(
  m: Matrix,
  names: readonly string[] | null,
  setting: { readonly width: number; readonly where: string },
): Matrix {
  return takeColumns(m, columnOrder(m, names, setting));
}

function findColumn(name: string, columns: readonly string[], where: string): number {
  const found = columns.indexOf(name);
  if (found < 0) {
    const near = nearest(name, columns);
    const hint = near === null ? '' : ` (is it ${JSON.stringify(near)}?)`;
    fail(
      where,
      'BAD_DATA',
      `the data have no column ${JSON.stringify(name)}${hint}, which the model was fitted on; they have ${list(columns)}`,
    );
  }
  if (columns.indexOf(name, found + 1) >= 0)
    fail(where, 'BAD_DATA', `the data have two columns ${JSON.stringify(name)}, one was due`);
  return found;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => JSON.stringify(name));
  return names.length > SHOWN ? `${shown.join(', ')} and ${names.length - SHOWN} more` : shown.join(', ');
}
