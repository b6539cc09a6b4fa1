import { counted } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import { bytesOf, type ElementType, type PromisedLayout } from './decode.ts';
import { decodeChosen } from './decode-chosen.ts';
import type { FileMatrix } from './file-matrix.ts';
import { checkShape } from './limits.ts';

/** The third byte of the magic number. */
const TYPES: ReadonlyMap<number, ElementType['type']> = new Map([
  [0x08, 'u1'],
  [0x09, 'i1'],
  [0x0b, 'i2'],
  [0x0c, 'i4'],
  [0x0d, 'f4'],
  [0x0e, 'f8'],
]);

const MAX_DIMENSIONS = 4;

/** Whether bytes begin as an IDX file does: two zeros, a known type, a number of dimensions. */
export function isIdx(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && TYPES.has(bytes[2]!) && bytes[3]! > 0;
}

/**
 * A matrix from an IDX file, the format of MNIST: one row an item, so images become rows of pixels and labels one column.
 *
 * @param bytes  magic `00 00 type dims`, big-endian sizes, values; up to 4 dimensions, [n, h, w] is read as [n, h·w]
 * @param name  the file, as messages shall call it
 * @returns `[N, D]`, float32 where it holds every value of the type exactly, else float64
 * @throws DataError
 *
 * Cost: one pass; memory 4 or 8 bytes a value.
 * Source: LeCun, Cortes & Burges, The MNIST database, "File formats" section.
 *
 * @example
 * const labels = parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9), 'labels.idx');
 * labels.data; // [7, 9]: 2 rows of 1 column
 */
export function parseIdx(bytes: Uint8Array, name: string): FileMatrix {
  return decodeChosen(bytes, idxLayout(bytes, name), { name });
}

/**
 * What the header of an IDX file says of the numbers behind it.
 *
 * @param bytes  the file, or so much of its beginning that the header is in it
 */
export function idxLayout(bytes: Uint8Array, name: string): PromisedLayout {
  if (bytes.length === 0) throw new DataError('EMPTY', name, 'is empty, an IDX file was due');
  if (bytes.length < 4)
    throw new DataError('TRUNCATED', name, `ends after ${counted(bytes.length, 'byte')}, an IDX header was due`);
  if (bytes[0] !== 0 || bytes[1] !== 0)
    throw new DataError('BAD_MAGIC', name, 'does not begin as an IDX file does, with two zero bytes');
  const type = TYPES.get(bytes[2]!);
  if (type === undefined)
    throw new DataError('BAD_HEADER', name, `has IDX type ${bytes[2]}, one of ${[...TYPES.keys()].join(', ')} was due`);
  const sizes = readSizes(bytes, name);
  const rows = sizes[0]!;
  const cols = product(sizes.slice(1), sizes, name);
  checkShape(rows, cols, name);
  const offset = 4 + 4 * sizes.length;
  const length = offset + product([rows, cols, bytesOf(type)], sizes, name);
  const promise = `a shape of ${sizes.join(' × ')}`;
  return { type, bigEndian: true, offset, rows, cols, fortran: false, length, promise };
}

function readSizes(bytes: Uint8Array, name: string): number[] {
  const dimensions = bytes[3]!;
  if (dimensions === 0 || dimensions > MAX_DIMENSIONS) {
    throw new DataError('BAD_SHAPE', name, `has ${counted(dimensions, 'dimension')}, 1 to ${MAX_DIMENSIONS} were due`);
  }
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) {
    throw new DataError(
      'TRUNCATED',
      name,
      `ends after ${counted(bytes.length, 'byte')}, a header of ${counted(header, 'byte')} was due`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
}

function product(factors: readonly number[], sizes: readonly number[], name: string): number {
  const total = factors.reduce((a, b) => a * b, 1);
  if (Number.isSafeInteger(total)) return total;
  throw new DataError('BAD_SHAPE', name, `has a shape of ${sizes.join(' × ')}, a product that overflows`);
}
