import { DataError } from '../data-error.ts';
import { bytesOf, type ElementType, numbersOf } from '../decode.ts';
import { fromBrainFloat } from '../half.ts';
import { allocate, allocateBytes } from '../limits.ts';
import { quoted } from '../show.ts';
import { checkTensor, type Kind } from './check-values.ts';

import { type Placed, parseSafetensorsHeader } from './safetensors-header.ts';
import { sizeOf, type TensorFile } from './tensor.ts';

type Stored = { readonly type: ElementType['type']; readonly kind: Kind };

const TYPES: ReadonlyMap<string, Stored> = new Map([
  ['F64', { type: 'f8', kind: 'real' }],
  ['F32', { type: 'f4', kind: 'real' }],
  ['F16', { type: 'f2', kind: 'real' }],
  ['I64', { type: 'i8', kind: 'integer' }],
  ['I32', { type: 'i4', kind: 'integer' }],
  ['I16', { type: 'i2', kind: 'integer' }],
  ['I8', { type: 'i1', kind: 'integer' }],
  ['U64', { type: 'u8', kind: 'integer' }],
  ['U32', { type: 'u4', kind: 'integer' }],
  ['U16', { type: 'u2', kind: 'integer' }],
  ['U8', { type: 'u1', kind: 'integer' }],
  ['BOOL', { type: 'b1', kind: 'boolean' }],
]);

/**
 * The tensors of a safetensors file: F64, F32, F16, BF16, integers of 1 to 8 bytes, booleans.
 *
 * The header is checked whole before any value is read: no tensor lies over another, none beyond the end, no byte belongs to none.
 *
 * @param bytes  the file
 * @param name  the file, as messages shall call it
 * @throws DataError TRUNCATED, TRAILING, TOO_LARGE, BAD_HEADER, BAD_SHAPE, UNSUPPORTED; as values are read NOT_FINITE, BAD_CELL, NO_TENSOR
 *
 * Cost: the header; then each tensor as it is read, a view where it is F32 or F64 and aligned.
 * Source: the format of huggingface/safetensors: 8 bytes of length, a JSON header, raw little-endian values.
 *
 * @example
 * const header = '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
 * const length = new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer);
 * const values = new Uint8Array(Float32Array.of(1, 2).buffer);
 * const file = parseSafetensors(Buffer.concat([length, Buffer.from(header), values]), 'x.safetensors');
 * file.read('x').data; // [1, 2]
 */
export function parseSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const { tensors, metadata } = parseSafetensorsHeader(bytes, name);
  return {
    name,
    tensors,
    metadata,
    read(tensor, { hidden } = {}) {
      const placed = found(tensors, tensor, name);
      const { shape } = placed;
      const what = `tensor ${quoted(tensor)}`;
      const { data, kind } = valuesOf(bytes, placed, sizeOf(shape, what, name), name);
      checkTensor({ shape, data }, { kind, hidden, what, name });
      return { shape, data };
    },
  };
}

/** The entry of a tensor, or one sentence that says which there are. */
export function found<Info>(tensors: ReadonlyMap<string, Info>, tensor: string, name: string): Info {
  const info = tensors.get(tensor);
  if (info !== undefined) return info;
  const names = [...tensors.keys()].slice(0, 12).map(quoted).join(', ');
  const more = tensors.size > 12 ? ` and ${tensors.size - 12} more` : '';
  throw new DataError('NO_TENSOR', name, `has no tensor ${quoted(tensor)}; there are ${names || 'none'}${more}`);
}

function valuesOf(
  bytes: Uint8Array,
  { dtype, start, end }: Placed,
  size: number,
  name: string,
): { readonly data: Float32Array | Float64Array; readonly kind: Kind } {
  if (dtype === 'BF16') {
    const words = allocateBytes(end - start, name);
    words.set(bytes.subarray(start, end));
    const data = allocate('float32', size, name) as Float32Array;
    const bits = Uint16Array.from({ length: size }, (_, i) => words.readUInt16LE(2 * i));
    fromBrainFloat(bits, data);
    return { data, kind: 'real' };
  }
  const { type, kind } = TYPES.get(dtype)!;
  const layout = {
    type,
    bigEndian: false,
    offset: start,
    rows: 1,
    cols: (end - start) / bytesOf(type),
    fortran: false,
  };
  return { data: numbersOf(bytes, layout, name), kind };
}
