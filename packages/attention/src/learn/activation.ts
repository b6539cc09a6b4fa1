import type { Tf } from '@mixtention/core/backends';
import type { GradSaveFunc, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { emptyRows, type Float64Rows } from '../rows.ts';

/** What bends between two linear maps: `gelu`, `½x(1 + tanh(√(2/π)(x + 0.044715x³)))`, or `relu`, `max(x, 0)`, which costs least. */
export type LayerActivation = 'gelu' | 'relu';

/** Of every number its value and its slope, made in one pass. */
export function activated(
  kind: LayerActivation,
  input: Float64Rows,
): { readonly output: Float64Rows; readonly slopes: Float64Array } {
  const { data, rows, cols } = input;
  const output = emptyRows(rows, cols);
  const slopes = new Float64Array(data.length);
  const bend = kind === 'relu' ? relu : gelu;
  bend(data, output.data, slopes);
  return { output, slopes };
}

/** The same by ops of tfjs. */
export function activatedTensor(tf: Tf, kind: LayerActivation, x: Tensor2D): Tensor2D {
  if (kind === 'relu') return reluTensor(tf, x);
  const cubed = tf.mul(tf.mul(x, x), x);
  const bent = tf.tanh(tf.mul(tf.add(x, tf.mul(cubed, 0.044715)), C));
  return tf.mul(tf.mul(x, 0.5), tf.add(bent, 1));
}

const C = Math.sqrt(2 / Math.PI);

function gelu(data: Float64Array, output: Float64Array, slopes: Float64Array): void {
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    // tanh u = 1 − 2/(e^2u + 1), which is faster than Math.tanh, and exact enough where it is near ±1.
    const tanh = 1 - 2 / (Math.exp(2 * C * (x + 0.044715 * x * x * x)) + 1);
    output[i] = 0.5 * x * (1 + tanh);
    slopes[i] = 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * C * (1 + 3 * 0.044715 * x * x);
  }
}

function relu(data: Float64Array, output: Float64Array, slopes: Float64Array): void {
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    output[i] = x > 0 ? x : 0;
    slopes[i] = x > 0 ? 1 : 0;
  }
}

/** Its own gradient by `sign`: that of tfjs goes through `step`, which costs as much as three products on tfjs-node. */
function reluTensor(tf: Tf, input: Tensor2D): Tensor2D {
  const op = tf.customGrad((x, save) => {
    const value = tf.relu(x as Tensor2D);
    (save as GradSaveFunc)([value]);
    return { value, gradFunc: (dy: Tensor2D, saved: Tensor[]) => tf.mul(dy, tf.sign(saved[0]!)) };
  });
  return op(input) as Tensor2D;
}
