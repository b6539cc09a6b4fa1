import type { Float64Rows } from '@mixtention/attention/learn';
import type { Tf } from '@mixtention/core/backends';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Rows as a tensor, in float32. */
export function tensorOf(tf: Tf, { data, rows, cols }: Float64Rows): Tensor2D {
  return tf.tensor2d(Float32Array.from(data), [rows, cols]);
}
