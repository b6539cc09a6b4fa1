import { generator } from '@mixtention/core/numeric';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { columnSums, product, transposed } from '../product.ts';
import type { Layer } from './layer.ts';

/**
 * A linear map of rows, `x·W + b`, on the backend.
 *
 * Parameters `weight` `[from, to]`, drawn with variance 1/from, and `bias` `[to]`, 0.
 *
 * @param from  width of the input
 * @param to    width of the output
 *
 * Cost: N·from·to multiply–adds, and twice as many back.
 *
 * @example
 * const layer = linear(2, 1);
 * const { output } = layer.apply({ weight: Float64Array.of(1, 2), bias: Float64Array.of(3) }, { data: Float64Array.of(4, 5), rows: 1, cols: 2 });
 * output.data; // [17]
 */
export function linear(from: number, to: number): Layer {
  return {
    init: (key) => {
      const random = generator(key);
      const spread = 1 / Math.sqrt(from);
      return {
        weight: Float64Array.from({ length: from * to }, () => spread * random.normal()),
        bias: new Float64Array(to),
      };
    },
    apply({ weight, bias }, input, { backend } = {}) {
      const W = { data: weight!, rows: from, cols: to };
      return {
        output: product(input, transposed(W), bias!, backend),
        pullback: (upstream) => ({
          input: product(upstream, W, null, backend),
          parameters: {
            weight: product(transposed(input), transposed(upstream), null, backend).data,
            bias: columnSums(upstream),
          },
        }),
      };
    },
    tensors: (tf, { weight, bias }, input) =>
      tf.add(tf.matMul(input, tf.reshape(weight!, [from, to]) as Tensor2D), bias!),
  };
}
