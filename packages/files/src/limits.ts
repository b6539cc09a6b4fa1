import { counted } from '@mixtention/core/base';
import { DataError } from './data-error.ts';

/** Default cap on a plain file; also the largest buffer of Node 20. */
export const MAX_BYTES: number = 4 * 2 ** 30;

/** Cap on what a gzip file may become, whatever `maxBytes` says. */
export const MAX_UNZIPPED: number = 2 * 2 ** 30;

/** gzip of real data stays under 40:1 (binarised MNIST: 36:1), of zeros it reaches 1029:1; a ratio is judged only beyond `FREE_UNZIPPED`. */
export const MAX_RATIO = 200;

/** What any gzip file may become, however high its ratio: an all-black image is no bomb. */
export const FREE_UNZIPPED: number = 64 * 2 ** 20;

/** Cap on a line of text: a million columns of 16 characters. */
export const MAX_LINE: number = 16 * 2 ** 20;

/** Cap on the columns of any matrix. */
export const MAX_COLUMNS: number = 2 ** 20;

/**
 * Room for a matrix, or one sentence that says how much was missing.
 *
 * Callers have checked `rows · cols` against the bytes that came: nothing here is sized by a promise.
 */
export function allocate(precision: 'float32' | 'float64', cells: number, name: string): Float32Array | Float64Array {
  const wide = precision === 'float64';
  return tryAllocating(cells * (wide ? 8 : 4), name, () => (wide ? new Float64Array(cells) : new Float32Array(cells)));
}

/** Bytes of their own, aligned for any typed array; zero until written. */
export function allocateBytes(length: number, name: string): Buffer<ArrayBuffer> {
  return tryAllocating(length, name, () => Buffer.from(new ArrayBuffer(length)));
}

function tryAllocating<Room>(bytes: number, name: string, make: () => Room): Room {
  try {
    return make();
  } catch (cause) {
    throw new DataError('TOO_LARGE', name, `needs ${counted(bytes, 'byte')} of memory, more than could be had`, cause);
  }
}

/** Refuses a matrix of no rows, of no columns, or wider than the cap. */
export function checkShape(rows: number, cols: number, name: string): void {
  if (rows === 0 || cols === 0) {
    throw new DataError(
      'EMPTY',
      name,
      `holds ${counted(rows, 'row')} of ${counted(cols, 'column')}, at least one of each was due`,
    );
  }
  if (cols > MAX_COLUMNS) {
    throw new DataError(
      'TOO_LARGE',
      name,
      `has ${counted(cols, 'column')}, at most ${counted(MAX_COLUMNS, 'column')} are read`,
    );
  }
}

/** Refuses a file whose length is not exactly what its header promises. */
export function checkLength(actual: number, due: number, promise: string, name: string): void {
  if (actual < due) {
    throw new DataError(
      'TRUNCATED',
      name,
      `ends after ${counted(actual, 'byte')}, ${promise} makes ${counted(due, 'byte')}`,
    );
  }
  if (actual > due) {
    throw new DataError(
      'TRAILING',
      name,
      `goes on to ${counted(actual, 'byte')}, ${promise} makes ${counted(due, 'byte')}`,
    );
  }
}
