import { generator } from '@mixtention/core/numeric';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { product, transposed } from '../product.ts';
import type { Layer } from './layer.ts';

/**
 * A linear map of rows, `x·(W∘M)`, some of whose weights are 0 for good: column j of the input has no say in column k of the output unless `sees(j, k)`.
 *
 * Parameters `weight` `[from, to]`, drawn with variance 1/from where they count, 0 elsewhere, where their gradient is 0.
 *
 * Cost: that of `linear`.
 *
 * @example
 * const layer = maskedLinear(2, 2, (from, to) => from < to);
 * const x = { data: Float64Array.of(3, 5), rows: 1, cols: 2 };
 * layer.apply({ weight: Float64Array.of(1, 1, 1, 1) }, x).output.data; // [0, 3]
 */
export function maskedLinear(from: number, to: number, sees: (from: number, to: number) => boolean): Layer {
  const mask = Float64Array.from({ length: from * to }, (_, i) => (sees(Math.floor(i / to), i % to) ? 1 : 0));
  const masked = (weight: Float64Array): Float64Array => weight.map((w, i) => w * mask[i]!);
  return {
    init: (key) => {
      const random = generator(key);
      const spread = 1 / Math.sqrt(from);
      return { weight: mask.map((seen) => seen * spread * random.normal()) };
    },
    apply({ weight }, input, { backend } = {}) {
      const W = { data: masked(weight!), rows: from, cols: to };
      return {
        output: product(input, transposed(W), null, backend),
        pullback: (upstream) => ({
          input: product(upstream, W, null, backend),
          parameters: { weight: masked(product(transposed(input), transposed(upstream), null, backend).data) },
        }),
      };
    },
    tensors: (tf, { weight }, input) => {
      const seen = tf.tensor2d(Float32Array.from(mask), [from, to]);
      return tf.matMul(input, tf.mul(tf.reshape(weight!, [from, to]) as Tensor2D, seen));
    },
  };
}
