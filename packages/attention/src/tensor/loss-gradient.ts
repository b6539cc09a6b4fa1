import type { Tf } from '@mixtention/core/backends';
import type { Arrays } from '@mixtention/core/optimize';
import { tensorOps } from '@mixtention/core/tensor';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Tensors } from '../learn/layer.ts';

/**
 * A loss made by ops of tfjs from parameters, and its gradient, in float32: for losses that read several layers. `train` takes it as it is.
 *
 * @param tf          tfjs-core, or a union that carries it, with a backend set
 * @param parameters  named arrays
 * @param lossOf      a scalar of them, each a tensor of rank 1, by ops of tfjs
 *
 * @example
 * const { loss, gradient } = lossGradient(tf, { w: Float64Array.of(3) }, ({ w }) => tf.sum(tf.mul(w, w)));
 * loss; // 9
 * gradient; // w: [6]
 */
export function lossGradient(
  tf: Tf,
  parameters: Arrays,
  lossOf: (parameters: Tensors) => Scalar,
): { readonly loss: number; readonly gradient: Arrays } {
  tensorOps(tf);
  const names = Object.keys(parameters);
  const results = tf.tidy(() => {
    const given = names.map((name) => tf.tensor1d(Float32Array.from(parameters[name]!)));
    const { value, grads } = tf.valueAndGrads((...own) =>
      lossOf(Object.fromEntries(names.map((name, i) => [name, own[i]!]))),
    )(given);
    return [value, ...grads];
  });
  const [loss, ...gradients] = results.map((tensor) => tensor.dataSync());
  tf.dispose(results);
  return {
    loss: loss![0]!,
    gradient: Object.fromEntries(names.map((name, i) => [name, Float64Array.from(gradients[i]!)])),
  };
}
