import { dense, type Matrix, type MatrixLike } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';

/** Numbers of any shape: nested lists, or values with their shape, the last dimension running fastest. A tensor of tfjs is one too. */
export type TensorLike =
  | MatrixLike
  | readonly TensorLike[]
  | readonly number[]
  | Float64Array
  | Float32Array
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] };

export type Tensor = { readonly shape: readonly number[]; readonly data: Float64Array | Float32Array };

/** A tensor as `[layers, heads, rows, columns]`, and the shape that it came with. */
export type LayerTensor = Tensor & { readonly came: readonly number[] };

/**
 * Whatever users hold as values with their shape. Arrays of floats are not copied.
 *
 * @throws BAD_SHAPE naming the tensor, where lists are ragged or values do not fill the shape
 */
export function tensor(input: TensorLike, name: string, where: string): Tensor {
  if (input instanceof Float64Array || input instanceof Float32Array) return { shape: [input.length], data: input };
  if (Array.isArray(input) && isMatrix(input[0])) return stacked(input as readonly TensorLike[], name, where);
  if (Array.isArray(input) && typeof input[0] === 'number')
    return { shape: [input.length], data: Float64Array.from(input as readonly number[]) };
  if (hasShape(input)) {
    const { shape } = input;
    const data = 'dataSync' in input ? (input.dataSync as () => ArrayLike<number>)() : input.data;
    const size = shape.reduce((a, b) => a * b, 1);
    if (data?.length !== size)
      fail(
        where,
        'BAD_SHAPE',
        `${name} has shape [${shape}], which needs ${counted(size, 'number')}, and holds ${data?.length}`,
      );
    const isFloat = data instanceof Float64Array || data instanceof Float32Array;
    return { shape, data: isFloat ? data : Float64Array.from(data) };
  }
  const { data, rows, cols } = dense(input as MatrixLike, where);
  return { shape: [rows, cols], data };
}

/** Rows of numbers, or values with their shape. */
function isMatrix(part: unknown): boolean {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return false;
  return Array.isArray(part) ? typeof part[0] === 'object' : true;
}

function hasShape(input: object): input is { readonly data: ArrayLike<number>; readonly shape: readonly number[] } {
  return typeof input === 'object' && input !== null && 'shape' in input;
}

function stacked(list: readonly TensorLike[], name: string, where: string): Tensor {
  const parts = list.map((part) => tensor(part, name, where));
  const { shape } = parts[0]!;
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float64Array(parts.length * size);
  parts.forEach((part, i) => {
    if (part.shape.join() !== shape.join())
      fail(
        where,
        'BAD_SHAPE',
        `${name} holds at ${i} (counted from 0) a part of shape [${part.shape}], [${shape}] as at 0 was due`,
      );
    data.set(part.data, i * size);
  });
  return { shape: [parts.length, ...shape], data };
}

/** The last two dimensions at a place of those before them, counted as one. */
export function slice({ shape, data }: Tensor, index: number): Matrix {
  const [rows, cols] = shape.slice(-2) as [number, number];
  return { data: data.subarray(index * rows * cols, (index + 1) * rows * cols), rows, cols };
}

/** A tensor of two to four dimensions as `[layers, heads, rows, columns]`. */
export function asLayers({ shape, data }: Tensor, name: string, where: string): LayerTensor {
  if (shape.length < 2 || shape.length > 4 || shape.some((size) => !(Number.isSafeInteger(size) && size > 0)))
    fail(
      where,
      'BAD_SHAPE',
      `${name} has shape [${shape}], [rows, columns], [heads, rows, columns] or [layers, heads, rows, columns] was due`,
    );
  return { shape: [...new Array<number>(4 - shape.length).fill(1), ...shape], data, came: shape };
}
