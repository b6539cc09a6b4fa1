import { counted } from '@mixtention/core/base';
import { DataError } from '../data-error.ts';

/** Numbers with a shape of any number of dimensions, the last one running fastest. */
export type Tensor = {
  readonly shape: readonly number[];
  /** float32 where it holds every value of the stored type exactly, else float64. */
  readonly data: Float32Array | Float64Array;
};

/** What a file says of a tensor before its values are read. */
export type TensorInfo = {
  readonly shape: readonly number[];
  /** As the file writes it: `F32`, `<f8`, `number`. */
  readonly dtype: string;
};

export type ReadTensorOptions = {
  /** −∞ is taken too: log priors and logits that hide keys hold it. */
  readonly hidden?: boolean | undefined;
};

/** Tensors by name, read one by one as they are asked for. */
export type TensorFile = {
  /** The file, as messages call it. */
  readonly name: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Texts that stand beside the tensors; empty for all but safetensors. */
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * The values of one tensor; a view of the file's bytes where they lie as this machine has them.
   *
   * @throws DataError NO_TENSOR naming those that are there, NOT_FINITE or BAD_CELL naming the place
   */
  read(tensor: string, options?: ReadTensorOptions): Tensor;
};

/** Most dimensions that are read. */
export const MAX_DIMENSIONS = 8;

/** `[2, 3]`, and `[]` for a single number. */
export function shown(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/**
 * The number of values of a shape.
 *
 * @throws DataError BAD_SHAPE where a size is no count, the product overflows, or there are too many dimensions
 */
export function sizeOf(shape: readonly number[], what: string, name: string): number {
  if (shape.length > MAX_DIMENSIONS) {
    const came = `${what} has ${counted(shape.length, 'dimension')}`;
    throw new DataError('BAD_SHAPE', name, `${came}, at most ${MAX_DIMENSIONS} are read`);
  }
  let size = 1;
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 0)
      throw new DataError('BAD_SHAPE', name, `${what} has shape ${shown(shape)}, sizes of 0 or more were due`);
    size *= extent;
    if (!Number.isSafeInteger(size))
      throw new DataError('BAD_SHAPE', name, `${what} has shape ${shown(shape)}, a product that overflows`);
  }
  return size;
}

/** A name that a program may not trip over in an object. */
export function checkTensorName(tensor: string, name: string): void {
  if (tensor === '__proto__' || tensor === 'constructor' || tensor === 'prototype')
    throw new DataError('BAD_HEADER', name, `names a tensor "${tensor}", which is refused`);
}
