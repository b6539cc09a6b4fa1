import { counted } from '@mixtention/core/base';
import { DataError } from '../data-error.ts';
import { quoted } from '../show.ts';
import { repeatedName } from './repeated-name.ts';
import { checkTensorName, shown, sizeOf, type TensorInfo } from './tensor.ts';

/** Longest header that is read; the format itself allows ten times as much. */
export const MAX_SAFETENSORS_HEADER = 10_000_000;

/** Bytes of one number of each type that is read. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ['F64', 8],
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I64', 8],
  ['I32', 4],
  ['I16', 2],
  ['I8', 1],
  ['U64', 8],
  ['U32', 4],
  ['U16', 2],
  ['U8', 1],
  ['BOOL', 1],
]);

/** Where a tensor lies, counted from the first byte of the file. */
export type Placed = TensorInfo & { readonly start: number; readonly end: number };

export type SafetensorsHeader = {
  readonly tensors: ReadonlyMap<string, Placed>;
  readonly metadata: ReadonlyMap<string, string>;
};

/** Whether bytes begin as a safetensors file does: a length, and a JSON object behind it. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 8 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;
}

/**
 * The header of a safetensors file, held to its promises: every byte behind it belongs to exactly one tensor, whose type and shape give its length.
 *
 * @throws DataError TRUNCATED, TOO_LARGE, BAD_HEADER, BAD_SHAPE, UNSUPPORTED, TRAILING
 */
export function parseSafetensorsHeader(bytes: Uint8Array, name: string): SafetensorsHeader {
  const { text, offset } = headerText(bytes, name);
  const fields = new Map<string, string>();
  const placed: [string, Placed][] = [];
  for (const [tensor, value] of Object.entries(parseObject(text, name))) {
    if (tensor === '__metadata__') readMetadata(value, fields, name);
    else placed.push([tensor, readEntry(tensor, value, offset, name)]);
  }
  checkPlaces(placed, { offset, length: bytes.length, name });
  return { tensors: new Map(placed), metadata: fields };
}

function headerText(bytes: Uint8Array, name: string): { text: string; offset: number } {
  if (bytes.length === 0) throw new DataError('EMPTY', name, 'is empty, a safetensors file was due');
  if (bytes.length < 8)
    throw new DataError('TRUNCATED', name, `ends after ${counted(bytes.length, 'byte')}, in the length of its header`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (declared > BigInt(MAX_SAFETENSORS_HEADER)) {
    const cap = counted(MAX_SAFETENSORS_HEADER, 'byte');
    throw new DataError(
      'TOO_LARGE',
      name,
      `declares a header of ${counted(Number(declared), 'byte')}, at most ${cap} are read`,
    );
  }
  const offset = 8 + Number(declared);
  if (offset > bytes.length) {
    const due = counted(offset, 'byte');
    throw new DataError(
      'TRUNCATED',
      name,
      `ends after ${counted(bytes.length, 'byte')}, its header alone takes ${due}`,
    );
  }
  const body = bytes.subarray(8, offset);
  if (body[0] !== 0x7b) throw new DataError('BAD_HEADER', name, 'has a safetensors header that does not begin with {');
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(body), offset };
  } catch (cause) {
    throw new DataError('BAD_HEADER', name, 'has a safetensors header that is no UTF-8', cause);
  }
}

function parseObject(text: string, name: string): { readonly [key: string]: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError('BAD_HEADER', name, 'has a safetensors header that is no JSON', cause);
  }
  // Of a name that stands twice some readers take the first, others the last.
  const twice = repeatedName(text);
  if (twice !== null)
    throw new DataError('BAD_HEADER', name, `has a safetensors header that names ${quoted(twice)} twice`);
  // A text that begins with { and parses is an object.
  return value as { readonly [key: string]: unknown };
}

function readMetadata(value: unknown, into: Map<string, string>, name: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DataError('BAD_HEADER', name, 'has a __metadata__ that is no object of texts');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw new DataError('BAD_HEADER', name, `has in __metadata__ a ${quoted(key)} that is no text`);
    into.set(key, text);
  }
}

function readEntry(tensor: string, value: unknown, offset: number, name: string): Placed {
  checkTensorName(tensor, name);
  const what = `tensor ${quoted(tensor)}`;
  const entry = (typeof value === 'object' && value !== null ? value : {}) as { readonly [key: string]: unknown };
  const { dtype, shape, data_offsets: offsets } = entry;
  if (Object.keys(entry).length !== 3 || typeof dtype !== 'string' || !isNumbers(shape) || !isNumbers(offsets)) {
    const due = 'dtype (a text), shape and data_offsets (lists of whole numbers)';
    throw new DataError('BAD_HEADER', name, `${what} does not have exactly ${due}`);
  }
  const size = SIZES.get(dtype);
  if (size === undefined) {
    const known = [...SIZES.keys()].join(', ');
    throw new DataError('UNSUPPORTED', name, `${what} is of type ${quoted(dtype)}, one of ${known} was due`);
  }
  const length = sizeOf(shape, what, name) * size;
  const [begin, end] = offsets as [number, number];
  if (offsets.length !== 2 || end - begin !== length) {
    const came = `lies at data_offsets ${shown(offsets)}`;
    const due = `its shape ${shown(shape)} in ${dtype} takes ${counted(length, 'byte')}`;
    throw new DataError('BAD_HEADER', name, `${what} ${came}, ${due}`);
  }
  return { dtype, shape, start: offset + begin, end: offset + end };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}

/** No tensor over another, nothing between them, nothing behind. */
function checkPlaces(
  placed: readonly (readonly [string, Placed])[],
  { offset, length, name }: { offset: number; length: number; name: string },
): void {
  let at = offset;
  for (const [tensor, { start, end }] of placed.toSorted(([, a], [, b]) => a.start - b.start || a.end - b.end)) {
    if (end > length) {
      const due = `tensor ${quoted(tensor)} ends at byte ${end.toLocaleString('en-US')}`;
      throw new DataError('TRUNCATED', name, `ends after ${counted(length, 'byte')}, ${due}`);
    }
    if (start !== at) {
      const fault =
        start < at ? 'overlaps the tensor before it' : `leaves ${counted(start - at, 'byte')} before it unused`;
      throw new DataError('BAD_HEADER', name, `tensor ${quoted(tensor)} ${fault}`);
    }
    at = end;
  }
  if (at !== length)
    throw new DataError(
      'TRAILING',
      name,
      `goes on to ${counted(length, 'byte')}, its tensors end at ${counted(at, 'byte')}`,
    );
}
