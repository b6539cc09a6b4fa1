import { counted } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import { bytesOf, type ElementType, type PromisedLayout } from './decode.ts';
import { decodeChosen } from './decode-chosen.ts';
import type { FileMatrix } from './file-matrix.ts';
import { checkShape } from './limits.ts';
import { type NpyHeader, parseNpyHeader } from './npy-header.ts';
import { quoted } from './show.ts';

/** `\x93NUMPY` */
export const NPY_MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's own cap on a header that it reads without asking. */
export const MAX_HEADER = 10_000;

const TYPE = /^(?:([<>])(f[248]|[iu][248])|[|<>]([iub]1))$/;

/** Whether bytes begin as a .npy file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return NPY_MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * A matrix from a NumPy `.npy` file, versions 1 to 3.
 *
 * Types f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1 in either byte order; row-major or Fortran order. A vector becomes one column; arrays of more than
 * two dimensions are refused, since only their owner knows which axes are rows.
 *
 * @param bytes  the file; its length must be exactly header + values
 * @param name  the file, as messages shall call it
 * @returns `[N, D]`, float32 where it holds every value of the type exactly, else float64; a view of `bytes` where they hold such numbers in order
 * @throws DataError; 64-bit integers beyond ±(2⁵³ − 1) are refused, not rounded
 *
 * Cost: one pass; memory 4 or 8 bytes a value, none where the result is a view.
 * Source: NumPy Enhancement Proposal 1, and `numpy.lib.format`.
 *
 * @example
 * const matrix = parseNpy(writeNpy({ data: Float64Array.of(1, 2, 3, 4), rows: 2, cols: 2 }), 'x.npy');
 * matrix.data; // [1, 2, 3, 4]
 */
export function parseNpy(bytes: Uint8Array, name: string): FileMatrix {
  return decodeChosen(bytes, npyLayout(bytes, name), { name });
}

/**
 * What the header of a .npy file says of the numbers behind it.
 *
 * @param bytes  the file, or so much of its beginning that the header is in it
 */
export function npyLayout(bytes: Uint8Array, name: string): PromisedLayout {
  const { header, element, offset } = npyArray(bytes, name);
  const { rows, cols } = matrixShape(header, name);
  checkShape(rows, cols, name);
  const length = rows * cols * bytesOf(element.type);
  if (!Number.isSafeInteger(length))
    throw new DataError('BAD_SHAPE', name, `has a shape of ${rows} × ${cols}, a product that overflows`);
  const promise = `a shape of ${header.shape.join(' × ')} in ${header.descr}`;
  return { ...element, offset, rows, cols, fortran: header.fortran, length: offset + length, promise };
}

/** What the header says of an array of any shape, and where its numbers begin. */
export function npyArray(
  bytes: Uint8Array,
  name: string,
): { readonly header: NpyHeader; readonly element: ElementType; readonly offset: number } {
  const { text, offset } = headerText(bytes, name);
  const header = parseNpyHeader(text, name);
  return { header, element: elementType(header.descr, name), offset };
}

/** The header as text, its length checked before it is read. */
function headerText(bytes: Uint8Array, name: string): { text: string; offset: number } {
  if (bytes.length === 0) throw new DataError('EMPTY', name, 'is empty, a .npy file was due');
  if (!isNpy(bytes)) throw new DataError('BAD_MAGIC', name, 'does not begin as a .npy file does, with \\x93NUMPY');
  const major = bytes[6];
  if (bytes.length >= 8 && ((major !== 1 && major !== 2 && major !== 3) || bytes[7] !== 0)) {
    throw new DataError('UNSUPPORTED', name, `is .npy version ${major}.${bytes[7]}, version 1.0, 2.0 or 3.0 was due`);
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start)
    throw new DataError('TRUNCATED', name, `ends after ${counted(bytes.length, 'byte')}, in its header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) {
    throw new DataError(
      'TOO_LARGE',
      name,
      `declares a header of ${counted(length, 'byte')}, at most ${counted(MAX_HEADER, 'byte')} are read`,
    );
  }
  const offset = start + length;
  if (bytes.length < offset) {
    throw new DataError(
      'TRUNCATED',
      name,
      `ends after ${counted(bytes.length, 'byte')}, its header alone takes ${counted(offset, 'byte')}`,
    );
  }
  return { text: Buffer.from(bytes.subarray(start, offset)).toString('latin1'), offset };
}

function elementType(descr: string, name: string): ElementType {
  const match = TYPE.exec(descr);
  if (match !== null) return { type: (match[2] ?? match[3]) as ElementType['type'], bigEndian: match[1] === '>' };
  const why = descr.includes('O') ? 'Python objects, which are never loaded' : `type ${quoted(descr)}`;
  throw new DataError('UNSUPPORTED', name, `holds ${why}; f2, f4, f8, i1 to i8, u1 to u8 or b1 was due`);
}

function matrixShape({ shape }: NpyHeader, name: string): { rows: number; cols: number } {
  if (shape.length === 1) return { rows: shape[0]!, cols: 1 };
  if (shape.length === 2) return { rows: shape[0]!, cols: shape[1]! };
  const came =
    shape.length === 0
      ? 'one single number'
      : `an array of ${counted(shape.length, 'dimension')} (${shape.join(' × ')})`;
  throw new DataError('BAD_SHAPE', name, `holds ${came}, a matrix was due: reshape it to two dimensions`);
}
