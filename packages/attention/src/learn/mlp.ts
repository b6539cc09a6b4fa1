import { split } from '@mixtention/core/numeric';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { emptyRows, type Float64Rows } from '../rows.ts';
import { type Layer, named, within } from './layer.ts';
import { linear } from './linear.ts';

/**
 * Two linear maps with a GELU between them, of the form `½x(1 + tanh(√(2/π)(x + 0.044715x³)))`.
 *
 * Parameters under `in` and `out`, as of `linear`.
 *
 * Source: Hendrycks & Gimpel (2016), eq. 3.
 *
 * @example
 * const layer = mlp(2, 8);
 * const x = { data: Float64Array.of(1, 2), rows: 1, cols: 2 };
 * layer.apply(layer.init({ seed: 0, path: [] }), x).output.cols; // 2
 */
export function mlp(width: number, hidden: number, to: number = width): Layer {
  const [first, second] = [linear(width, hidden), linear(hidden, to)];
  return {
    init: (key) => named({ in: first.init(split(key, 'in')), out: second.init(split(key, 'out')) }),
    apply(parameters, input, options) {
      const inner = first.apply(within(parameters, 'in'), input, options);
      const { output: active, slopes } = gelu(inner.output);
      const outer = second.apply(within(parameters, 'out'), active, options);
      return {
        output: outer.output,
        pullback(upstream) {
          const back = outer.pullback(upstream);
          const { data } = back.input;
          for (let i = 0; i < data.length; i++) data[i]! *= slopes[i]!;
          const all = inner.pullback(back.input);
          return { input: all.input, parameters: named({ in: all.parameters, out: back.parameters }) };
        },
      };
    },
    tensors(tf, parameters, input) {
      const x = first.tensors(tf, within(parameters, 'in'), input);
      const cubed = tf.mul(tf.mul(x, x), x);
      const bent = tf.tanh(tf.mul(tf.add(x, tf.mul(cubed, 0.044715)), C));
      const active = tf.mul(tf.mul(x, 0.5), tf.add(bent, 1)) as Tensor2D;
      return second.tensors(tf, within(parameters, 'out'), active);
    },
  };
}

const C = Math.sqrt(2 / Math.PI);

/** Values and slopes, made in one pass. */
function gelu({ data, rows, cols }: Float64Rows): { readonly output: Float64Rows; readonly slopes: Float64Array } {
  const output = emptyRows(rows, cols);
  const slopes = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    // tanh u = 1 − 2/(e^2u + 1), which is faster than Math.tanh, and exact enough where it is near ±1.
    const tanh = 1 - 2 / (Math.exp(2 * C * (x + 0.044715 * x * x * x)) + 1);
    output.data[i] = 0.5 * x * (1 + tanh);
    slopes[i] = 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * C * (1 + 3 * 0.044715 * x * x);
  }
  return { output, slopes };
}
