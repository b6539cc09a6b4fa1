import type { Tf } from '@mixtention/core/backends';
import type { Arrays } from '@mixtention/core/optimize';
import { tensorOps } from '@mixtention/core/tensor';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { Layer, Tensors } from '../learn/layer.ts';
import type { Float64Rows } from '../rows.ts';

/**
 * Loss of what a layer makes of its input, and its gradient, by ops of tfjs: the same as `apply` and its `pullback`, in float32, and all of a step, norms and
 * activations too, on the backend of tfjs. `train` takes it as it is.
 *
 * @param tf          tfjs-core, or a union that carries it, with a backend set
 * @param layer       any of `@mixtention/attention/learn`
 * @param parameters  as `init` makes them
 * @param input       `[N, D]`
 * @param lossOf      a scalar of the output, by ops of tfjs
 *
 * Cost: that of the layer three times; scores of all pairs of a sequence are held.
 *
 * @example
 * const parameters = { weight: Float64Array.of(2), bias: Float64Array.of(1) };
 * const input = { data: Float64Array.of(3), rows: 1, cols: 1 };
 * const { loss, gradient } = tensorGradient(tf, linear(1, 1), parameters, input, (output) => tf.sum(output));
 * loss; // 7
 * gradient; // weight: [3], bias: [1]
 */
export function tensorGradient(
  tf: Tf,
  layer: Layer,
  parameters: Arrays,
  input: Float64Rows,
  lossOf: (output: Tensor2D) => Scalar,
): { readonly loss: number; readonly gradient: Arrays } {
  tensorOps(tf);
  const names = Object.keys(parameters);
  const results = tf.tidy(() => {
    const x = tf.tensor2d(Float32Array.from(input.data), [input.rows, input.cols]);
    const given = names.map((name) => tf.tensor1d(Float32Array.from(parameters[name]!)));
    const { value, grads } = tf.valueAndGrads((...own) => {
      const tensors: Tensors = Object.fromEntries(names.map((name, i) => [name, own[i]!]));
      return lossOf(layer.tensors(tf, tensors, x));
    })(given);
    return [value, ...grads];
  });
  const [loss, ...gradients] = results.map((tensor) => tensor.dataSync());
  tf.dispose(results);
  return {
    loss: loss![0]!,
    gradient: Object.fromEntries(names.map((name, i) => [name, Float64Array.from(gradients[i]!)])),
  };
}
