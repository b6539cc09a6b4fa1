import { counted } from '@mixtention/core/base';
import type { ColumnOptions } from './choose-columns.ts';
import { DataError } from './data-error.ts';
import type { FileMatrix } from './file-matrix.ts';

/** Options under which rows with missing values are read, so that they can be left out. */
export function admitGaps<O extends ColumnOptions & { readonly dropMissing?: boolean | undefined }>(options: O): O {
  return options.dropMissing ? { ...options, missing: () => true } : options;
}

/** In place: leaves out the rows that lack a value, with what names them. */
export function dropGaps(matrix: FileMatrix): FileMatrix {
  const { data, rows, cols, ids } = matrix;
  const kept: string[] = [];
  let to = 0;
  for (let row = 0; row < rows; row++) {
    const from = row * cols;
    if (data.subarray(from, from + cols).includes(Number.NaN)) continue;
    data.copyWithin(to * cols, from, from + cols);
    if (ids !== undefined) kept.push(ids[row]!);
    to++;
  }
  return { ...matrix, data: data.subarray(0, to * cols), rows: to, ...(ids && { ids: kept }) };
}

/**
 * What is said of rows that were left out; nothing where none was.
 *
 * @throws DataError EMPTY where no row is left
 */
export function gapNotes(left: number, rows: number, name: string): readonly string[] {
  if (left === 0) return [];
  if (left === rows) throw new DataError('EMPTY', name, 'every row has a missing value, some without were due');
  return [`${counted(left, 'row')} of ${rows} with missing values ${left === 1 ? 'is' : 'are'} left out`];
}
