import { counted, wasOrWere } from '@mixtention/core/base';
import { DataError } from '../data-error.ts';
import { quoted } from '../show.ts';
import { found } from './parse-safetensors.ts';
import { checkTensorName, MAX_DIMENSIONS, shown, sizeOf, type Tensor, type TensorFile } from './tensor.ts';

/** The name of an array that has none: a .npy file, or a JSON file that is one list. */
export const NAMELESS = 'array';

/**
 * Tensors from JSON: an object of nested lists, of `{ "shape": [2, 2], "data": [1, 2, 3, 4] }`, or one nested list, which is called `array`.
 *
 * Numbers, and true and false as 1 and 0. JSON has no −∞: what hides a key is a mask.
 *
 * @param bytes  the file, UTF-8
 * @param name  the file, as messages shall call it
 * @throws DataError BAD_HEADER (no JSON, no tensors), RAGGED, BAD_CELL, BAD_SHAPE, each naming tensor and place
 *
 * Cost: the text, its values as JavaScript has them, and 8 bytes a number.
 */
export function parseJsonTensors(bytes: Uint8Array, name: string): TensorFile {
  const value = parsed(bytes, name);
  const named = Array.isArray(value) ? { [NAMELESS]: value } : value;
  if (typeof named !== 'object' || named === null)
    throw new DataError('BAD_HEADER', name, 'is JSON without tensors, an object of nested lists was due');
  const tensors = new Map<string, Tensor>();
  for (const [tensor, content] of Object.entries(named)) {
    checkTensorName(tensor, name);
    tensors.set(tensor, tensorOf(content, `tensor ${quoted(tensor)}`, name));
  }
  return {
    name,
    tensors: new Map([...tensors].map(([tensor, { shape }]) => [tensor, { shape, dtype: 'number' }])),
    metadata: new Map(),
    read: (tensor) => found(tensors, tensor, name),
  };
}

function parsed(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DataError('BAD_HEADER', name, 'is no JSON in UTF-8', cause);
  }
}

function tensorOf(content: unknown, what: string, name: string): Tensor {
  if (Array.isArray(content)) return fromNested(content, what, name);
  const { shape, data, ...rest } = (typeof content === 'object' && content !== null ? content : {}) as {
    readonly [key: string]: unknown;
  };
  if (!Array.isArray(shape) || !Array.isArray(data) || Object.keys(rest).length > 0)
    throw new DataError('BAD_HEADER', name, `${what} is neither a nested list nor an object of shape and data`);
  const size = sizeOf(shape as number[], what, name);
  if (data.length !== size) {
    const came = `${what} holds ${counted(data.length, 'number')}`;
    throw new DataError('BAD_SHAPE', name, `${came}, its shape ${shown(shape as number[])} needs ${size}`);
  }
  return { shape: shape as number[], data: Float64Array.from(data, (cell, i) => numberOf(cell, `[${i}]`, what, name)) };
}

function fromNested(list: readonly unknown[], what: string, name: string): Tensor {
  const shape: number[] = [];
  for (let level: unknown = list; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    if (shape.length > MAX_DIMENSIONS)
      throw new DataError('BAD_SHAPE', name, `${what} is nested deeper than ${MAX_DIMENSIONS} lists`);
  }
  const values: number[] = [];
  const walk = (level: unknown, depth: number, place: string): void => {
    if (!Array.isArray(level) || level.length !== shape[depth]) {
      const came = Array.isArray(level) ? `a list of ${level.length}` : 'no list';
      throw new DataError(
        'RAGGED',
        name,
        `${what} has at ${place} ${came}, ${shape[depth]} ${wasOrWere(shape[depth]!)} due as in the first`,
      );
    }
    const isInnermost = depth === shape.length - 1;
    for (const [i, one] of level.entries()) {
      if (!isInnermost) walk(one, depth + 1, `${place}[${i}]`);
      else
        values.push(
          typeof one === 'number' && Number.isFinite(one) ? one : numberOf(one, `${place}[${i}]`, what, name),
        );
    }
  };
  walk(list, 0, '');
  return { shape, data: Float64Array.from(values) };
}

function numberOf(cell: unknown, place: string, what: string, name: string): number {
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (typeof cell === 'number' && Number.isFinite(cell)) return cell;
  const came =
    typeof cell === 'string' ? quoted(cell) : cell === null ? 'null' : Array.isArray(cell) ? 'a list' : String(cell);
  throw new DataError('BAD_CELL', name, `${what} has at ${place} (counted from 0) ${came}, a finite number was due`);
}
