import type { Tf } from '@mixtention/core/backends';
import type { Arrays } from '@mixtention/core/optimize';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { Layer } from '../learn/layer.ts';
import type { Float64Rows } from '../rows.ts';
import { inTensors } from './in-tensors.ts';
import { lossGradient } from './loss-gradient.ts';

/**
 * Loss of what a layer makes of its input, and its gradient, by ops of tfjs: the same as `apply` and its `pullback`, in float32, and all of a step, norms and
 * activations too, on the backend of tfjs. `train` takes it as it is.
 *
 * @param tf          tfjs-core, or a union that carries it, with a backend set
 * @param layer       any of `@mixtention/attention/learn`
 * @param parameters  as `init` makes them
 * @param input       `[N, D]`, or sets of rows by name, as the layer takes them
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
export function tensorGradient<Input extends Float64Rows | { readonly [name: string]: Float64Rows }>(
  tf: Tf,
  layer: Layer<Input>,
  parameters: Arrays,
  input: Input,
  lossOf: (output: Tensor2D) => Scalar,
): { readonly loss: number; readonly gradient: Arrays } {
  return lossGradient(tf, parameters, (tensors) => lossOf(layer.tensors(tf, tensors, inTensors(tf, input))));
}
