import type { Layer } from '@mixtention/attention/learn';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** Every token becomes the one before it, the first of a sequence 0: what a causal model goes by. */
export function previousRows(length: number, width: number): Layer {
  const size = length * width;
  const moved = (data: Float64Array, by: number): Float64Array => {
    const output = new Float64Array(data.length);
    for (let at = 0; at < data.length; at += size) {
      const kept = data.subarray(at + (by < 0 ? width : 0), at + size - (by > 0 ? width : 0));
      output.set(kept, at + (by > 0 ? width : 0));
    }
    return output;
  };
  return {
    init: () => ({}),
    apply: (_, input) => ({
      output: { ...input, data: moved(input.data, 1) },
      pullback: (upstream) => ({ input: { ...upstream, data: moved(upstream.data, -1) }, parameters: {} }),
    }),
    tensors(tf, _, input) {
      const each = tf.reshape(input, [-1, length, width]) as Tensor3D;
      const kept = tf.slice(each, [0, 0, 0], [-1, length - 1, width]);
      return tf.reshape(
        tf.pad(kept, [
          [0, 0],
          [1, 0],
          [0, 0],
        ]),
        [-1, width],
      ) as Tensor2D;
    },
  };
}
