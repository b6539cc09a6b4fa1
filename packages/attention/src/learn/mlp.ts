import { split } from '@mixtention/core/numeric';
import { activated, activatedTensor, type LayerActivation } from './activation.ts';
import { type Layer, named, within } from './layer.ts';
import { linear } from './linear.ts';

/**
 * Two linear maps with an activation between them.
 *
 * Parameters under `in` and `out`, as of `linear`.
 *
 * @param width       of the input
 * @param hidden      between the maps
 * @param to          width of the output (default: as of the input)
 * @param activation  `gelu` (default) or `relu`
 *
 * Source: Hendrycks & Gimpel (2016), eq. 3, for GELU.
 *
 * @example
 * const layer = mlp(2, 8);
 * const x = { data: Float64Array.of(1, 2), rows: 1, cols: 2 };
 * layer.apply(layer.init({ seed: 0, path: [] }), x).output.cols; // 2
 */
export function mlp(width: number, hidden: number, to: number = width, activation: LayerActivation = 'gelu'): Layer {
  const [first, second] = [linear(width, hidden), linear(hidden, to)];
  return {
    init: (key) => named({ in: first.init(split(key, 'in')), out: second.init(split(key, 'out')) }),
    apply(parameters, input, options) {
      const inner = first.apply(within(parameters, 'in'), input, options);
      const { output: active, slopes } = activated(activation, inner.output);
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
      const inner = first.tensors(tf, within(parameters, 'in'), input);
      return second.tensors(tf, within(parameters, 'out'), activatedTensor(tf, activation, inner));
    },
  };
}
