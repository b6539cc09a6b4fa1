import { endianness } from 'node:os';
import { DataError } from './data-error.ts';
import { fromHalf } from './half.ts';
import { allocate, allocateBytes } from './limits.ts';

/** How numbers lie in a file: `f8` and the like, and the order of their bytes. */
export type ElementType = {
  readonly type: 'f2' | 'f4' | 'f8' | 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'b1';
  readonly bigEndian: boolean;
};

/** Where the numbers of a matrix lie in a file. `fortran`: columns one after another. */
export type Layout = ElementType & {
  readonly offset: number;
  readonly rows: number;
  readonly cols: number;
  readonly fortran: boolean;
};

/** A layout as a header promises it. */
export type PromisedLayout = Layout & {
  /** Of the whole file, in bytes. */
  readonly length: number;
  /** What makes that length, as messages name it. */
  readonly promise: string;
};

type Values =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** How each type is looked at; 64-bit integers as pairs of 32-bit words, half floats as their bits. */
const VIEWS = {
  f2: Uint16Array,
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: Uint32Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: Uint32Array,
  b1: Uint8Array,
} as const;

/** What float32 does not hold exactly goes to float64. */
const WIDE: ReadonlySet<string> = new Set(['f8', 'i4', 'i8', 'u4', 'u8']);

const HOST_IS_BIG: boolean = endianness() === 'BE';

/** Bytes of one number. */
export function bytesOf(type: ElementType['type']): number {
  return Number(type[1]);
}

/**
 * The numbers of a matrix, row-major: float32 where it holds every value of the type exactly, else float64.
 *
 * @param first  the number of the first row, for messages
 * @param gaps   1 for each column that may hold NaN
 * @throws DataError at the first other NaN or infinity, at an integer beyond ±(2⁵³ − 1), and at a boolean that is neither 0 nor 1
 *
 * Cost: numbers that lie as this machine has them are not copied; wider ones than a byte that do not, in byte order or place, are copied once more.
 */
export function decode(
  bytes: Uint8Array,
  layout: Layout,
  { name, first = 0, gaps = null }: { name: string; first?: number; gaps?: Uint8Array | null },
): Float32Array | Float64Array {
  const data = numbersOf(bytes, layout, name);
  checkValues(data, { type: layout.type, cols: layout.cols, name, first, gaps });
  return data;
}

/** The same without a look at the values; 64-bit integers that float64 would round are NaN. */
export function numbersOf(bytes: Uint8Array, layout: Layout, name: string): Float32Array | Float64Array {
  const { type, rows, cols, fortran } = layout;
  const raw = view(bytes, layout, name);
  const values = widened(raw, type, name);
  const transposed = fortran && rows > 1 && cols > 1;
  const isFinal = !transposed && (values instanceof Float64Array || values instanceof Float32Array);
  const data = isFinal ? values : allocate(WIDE.has(type) ? 'float64' : 'float32', rows * cols, name);
  if (transposed) transpose(values, data, rows, cols);
  else if (!isFinal) data.set(values);
  return data;
}

/** The elements in the host's byte order: over the file's own bytes where they lie as the host has them, over a copy otherwise. */
function view(bytes: Uint8Array, { type, bigEndian, offset, rows, cols }: Layout, name: string): Values {
  const size = bytesOf(type);
  const View = VIEWS[type];
  const length = rows * cols * size;
  const start = bytes.byteOffset + offset;
  if (isInOrder({ type, bigEndian }) && start % View.BYTES_PER_ELEMENT === 0)
    return new View(bytes.buffer as ArrayBuffer, start, length / View.BYTES_PER_ELEMENT);
  const copy = allocateBytes(length, name);
  copy.set(bytes.subarray(offset, offset + length));
  if (bigEndian !== HOST_IS_BIG) swap(copy, size);
  return new View(copy.buffer, 0, length / View.BYTES_PER_ELEMENT);
}

/** Whether numbers lie in the byte order of this machine. */
export function isInOrder({ type, bigEndian }: ElementType): boolean {
  return bytesOf(type) === 1 || bigEndian === HOST_IS_BIG;
}

function swap(bytes: Buffer, size: number): void {
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else bytes.swap64();
}

/** Numbers of the types that have no view of their own, as floats. */
function widened(raw: Values, type: ElementType['type'], name: string): Values {
  if (type === 'i8' || type === 'u8') return joinWords(raw as Uint32Array, type === 'i8', name);
  if (type !== 'f2') return raw;
  const values = allocate('float32', raw.length, name) as Float32Array;
  fromHalf(raw as Uint16Array, values);
  return values;
}

/** 64-bit integers from their words; NaN where float64 would round. */
function joinWords(words: Uint32Array, signed: boolean, name: string): Float64Array {
  const high = HOST_IS_BIG ? 0 : 1;
  const values = allocate('float64', words.length / 2, name) as Float64Array;
  for (let i = 0; i < values.length; i++) {
    const top = words[2 * i + high]!;
    const value = (signed ? top | 0 : top) * 2 ** 32 + words[2 * i + 1 - high]!;
    values[i] = Number.isSafeInteger(value) ? value : Number.NaN;
  }
  return values;
}

function transpose(from: Values, to: Float32Array | Float64Array, rows: number, cols: number): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < cols; column++) to[row * cols + column] = from[column * rows + row]!;
  }
}

type Checked = {
  readonly type: ElementType['type'];
  readonly cols: number;
  readonly name: string;
  readonly first: number;
  readonly gaps: Uint8Array | null;
};

function checkValues(data: Float32Array | Float64Array, { type, cols, name, first, gaps }: Checked): void {
  const at =
    type === 'b1'
      ? data.findIndex((value) => value > 1)
      : firstNonFinite(data, cols, type.startsWith('f') ? gaps : null);
  if (at < 0) return;
  const where = `row ${first + Math.floor(at / cols)}, column ${at % cols} (counted from 0)`;
  if (type === 'b1') throw new DataError('BAD_CELL', name, `${where} is ${data[at]}, a boolean 0 or 1 was due`);
  if (type.startsWith('f')) throw new DataError('NOT_FINITE', name, `${where} is ${data[at]}, a finite number was due`);
  throw new DataError('BAD_CELL', name, `${where} is a 64-bit integer beyond ±(2⁵³ − 1), which float64 would round`);
}

function firstNonFinite(data: Float32Array | Float64Array, cols: number, gaps: Uint8Array | null): number {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]) && !(gaps?.[i % cols] === 1 && Number.isNaN(data[i]))) return i;
  return -1;
}
