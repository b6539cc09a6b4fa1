import type { Tf } from '@mixtention/core/backends';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { InTensors } from '../learn/layer.ts';
import type { Float64Rows } from '../rows.ts';

/** What a layer takes, each set of rows as a tensor in float32. */
export function inTensors<Input extends Float64Rows | { readonly [name: string]: Float64Rows }>(
  tf: Tf,
  input: Input,
): InTensors<Input> {
  const one = ({ data, rows, cols }: Float64Rows): Tensor2D => tf.tensor2d(Float32Array.from(data), [rows, cols]);
  const made = isRows(input)
    ? one(input)
    : Object.fromEntries(
        Object.entries(input as { [name: string]: Float64Rows }).map(([name, rows]) => [name, one(rows)]),
      );
  return made as InTensors<Input>;
}

function isRows(input: Float64Rows | { readonly [name: string]: Float64Rows }): input is Float64Rows {
  return typeof input.rows === 'number';
}
