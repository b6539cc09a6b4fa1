import { checkOptions, fail } from '@mixtention/core/base';
import { DataError } from '../data-error.ts';
import { gunzip, isGzip } from '../gunzip.ts';
import { MAX_BYTES } from '../limits.ts';
import { isNpy } from '../parse-npy.ts';
import { fileName, readBytes } from '../read-bytes.ts';
import { NAMELESS, parseJsonTensors } from './parse-json-tensors.ts';
import { openNpyTensor } from './parse-npy-tensor.ts';
import { parseNpz } from './parse-npz.ts';
import { found, parseSafetensors } from './parse-safetensors.ts';
import { isSafetensors } from './safetensors-header.ts';
import type { TensorFile } from './tensor.ts';
import { isZip } from './zip.ts';

/**
 * Opens a file of tensors: safetensors, `.npz`, `.npy` of any dimensions (its one array is called `array`), or JSON; told by its content.
 *
 * @param path  the file; `-` is standard input
 * @throws DataError in one sentence that names the tensor, its shape and what was due
 *
 * Cost: the file once in memory; tensors as they are read.
 *
 * @example
 * await writeFileAtomic('head.json', '{"q": [[1, 0]], "k": [[4, 0], [0, 4]]}');
 * const file = await readTensors('head.json');
 * file.read('k').shape; // [2, 2]
 */
export async function readTensors(
  path: string,
  options: { readonly maxBytes?: number | undefined } = {},
): Promise<TensorFile> {
  checkOptions('files/readTensors', options, ['maxBytes']);
  const { maxBytes = MAX_BYTES } = options;
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1)
    fail('files/readTensors', 'BAD_OPTION', `maxBytes is ${maxBytes}, a whole number of bytes was due`);
  const packed = await readBytes(path, Math.min(maxBytes, MAX_BYTES));
  const name = fileName(path);
  return parseTensors(isGzip(packed) ? await gunzip(packed, name, maxBytes) : packed, name);
}

/** The same for bytes in memory. */
export function parseTensors(bytes: Buffer, name: string): TensorFile {
  if (bytes.length === 0) throw new DataError('EMPTY', name, 'is empty, tensors were due');
  if (isNpy(bytes)) return oneArray(bytes, name);
  if (isZip(bytes)) return parseNpz(bytes, name);
  if (isSafetensors(bytes)) return parseSafetensors(bytes, name);
  if (/^\ufeff?\s*[[{]/.test(bytes.toString('utf8', 0, 64))) return parseJsonTensors(bytes, name);
  throw new DataError('UNSUPPORTED', name, 'is of no known kind of tensors (safetensors, .npz, .npy, JSON)');
}

function oneArray(bytes: Buffer, name: string): TensorFile {
  const arrays = new Map([[NAMELESS, openNpyTensor(bytes, 'the array', name)]]);
  return {
    name,
    tensors: new Map([[NAMELESS, arrays.get(NAMELESS)!.info]]),
    metadata: new Map(),
    read: (tensor, options) => found(arrays, tensor, name).read(options),
  };
}
