import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { CellType } from '@mixtention/core';
import { chooseColumns } from './choose-columns.ts';
import { type ElementType, isInOrder } from './decode.ts';
import type { FilePlace } from './file-source.ts';
import { checkLength } from './limits.ts';
import { idxLayout, isIdx } from './parse-idx.ts';
import { isNpy, MAX_HEADER, npyLayout } from './parse-npy.ts';
import { STDIN } from './read-bytes.ts';
import type { ReadMatrixOptions } from './read-matrix.ts';
import { systemError } from './system-error.ts';

/** Types that data sets hold as they are; booleans and 64-bit integers are looked at one by one. */
const HELD: { readonly [type in ElementType['type']]?: CellType } = {
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
};

/** The longest header, and what stands before it. */
const HEAD = MAX_HEADER + 12;

/**
 * Where the numbers of a file lie that can be read as they are; null where they cannot, or where others say what is wrong.
 *
 * @throws DataError for a header that is damaged, or promises another length
 */
export function findInPlace(path: string, options: ReadMatrixOptions): FilePlace | null {
  const start = path === STDIN ? null : readStart(path);
  if (start === null) return null;
  const { head, size, mtime } = start;
  const { format = isNpy(head) ? 'npy' : isIdx(head) ? 'idx' : null } = options;
  if (format !== 'npy' && format !== 'idx') return null;
  const layout = format === 'npy' ? npyLayout(head, path) : idxLayout(head, path);
  const { type, offset, rows, cols, fortran, length, promise } = layout;
  checkLength(size, length, promise, path);
  const held = HELD[type];
  const isByRow = !fortran || rows === 1 || cols === 1;
  if (held === undefined || !isByRow || !isInOrder(layout)) return null;
  // Numbers that may be NaN are looked at row by row.
  if (options.dropMissing && (type === 'f4' || type === 'f8')) return null;
  if (chooseColumns(options, { names: null, cols, name: path }) !== null) return null;
  return { path, name: path, offset, type: held, rows, cols, size, mtime };
}

/** The beginning of a regular file that is not packed. */
function readStart(path: string): { readonly head: Buffer; readonly size: number; readonly mtime: string } | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(fd, { bigint: true });
      if (!stats.isFile()) return null;
      const head = Buffer.alloc(HEAD);
      const read = readSync(fd, head, 0, HEAD, 0);
      return { head: head.subarray(0, read), size: Number(stats.size), mtime: String(stats.mtimeNs) };
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw systemError(cause, path, 'UNREADABLE');
  }
}
