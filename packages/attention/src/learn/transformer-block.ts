import { split } from '@mixtention/core/numeric';
import { addRows } from '../rows.ts';
import type { LayerActivation } from './activation.ts';
import { type AttentionLayerOptions, attentionLayer } from './attention-layer.ts';
import { type Layer, named, within } from './layer.ts';
import { layerNorm } from './layer-norm.ts';
import { mlp } from './mlp.ts';

/**
 * A pre-norm block: `x + attention(norm(x))`, then the same with an MLP.
 *
 * Parameters under `attention.norm`, `attention.heads`, `mlp.norm` and `mlp.maps`.
 *
 * @param options  those of `attentionLayer`, and of the MLP its hidden width (default 4 times the width) and activation (default `gelu`)
 *
 * @example
 * const layer = transformerBlock({ width: 4, heads: 2 });
 * const tokens = { data: new Float64Array(12), rows: 3, cols: 4 };
 * layer.apply(layer.init({ seed: 0, path: [] }), tokens).output.rows; // 3
 */
export function transformerBlock({
  hidden,
  activation,
  ...options
}: AttentionLayerOptions & { readonly hidden?: number | undefined; readonly activation?: LayerActivation }): Layer {
  const { width } = options;
  return sequence({
    attention: residual(sequence({ norm: layerNorm(width), heads: attentionLayer(options) })),
    mlp: residual(sequence({ norm: layerNorm(width), maps: mlp(width, hidden ?? 4 * width, width, activation) })),
  });
}

/**
 * Layers one after the other; parameters of each under its name.
 *
 * @example
 * const layer = sequence({ norm: layerNorm(2), map: linear(2, 1) });
 * Object.keys(layer.init({ seed: 0, path: [] })); // ['norm.gain', 'norm.offset', 'map.weight', 'map.bias']
 */
export function sequence(layers: { readonly [name: string]: Layer }): Layer {
  const entries = Object.entries(layers);
  return {
    init: (key) => named(Object.fromEntries(entries.map(([name, layer]) => [name, layer.init(split(key, name))]))),
    apply(parameters, input, options) {
      let rows = input;
      const applied = entries.map(([name, layer]) => {
        const own = layer.apply(within(parameters, name), rows, options);
        rows = own.output;
        return [name, own] as const;
      });
      return {
        output: rows,
        pullback(upstream) {
          let back = upstream;
          const told = [...applied].reverse().map(([name, own]) => {
            const { input, parameters: ofOwn } = own.pullback(back);
            back = input;
            return [name, ofOwn] as const;
          });
          return { input: back, parameters: named(Object.fromEntries(told)) };
        },
      };
    },
    tensors: (tf, parameters, input) =>
      entries.reduce((rows, [name, layer]) => layer.tensors(tf, within(parameters, name), rows), input),
  };
}

/**
 * What a layer makes of its input, added to the input.
 *
 * @example
 * // A map that is 0 leaves the input as it was.
 * const { output } = residual(linear(2, 2)).apply(
 *   { weight: new Float64Array(4), bias: new Float64Array(2) },
 *   { data: Float64Array.of(1, 2), rows: 1, cols: 2 },
 * );
 * output.data; // [1, 2]
 */
export function residual(layer: Layer): Layer {
  return {
    init: layer.init,
    apply(parameters, input, options) {
      const { output, pullback } = layer.apply(parameters, input, options);
      return {
        output: addRows(input, output),
        pullback(upstream) {
          const back = pullback(upstream);
          return { input: addRows(upstream, back.input), parameters: back.parameters };
        },
      };
    },
    tensors: (tf, parameters, input) => tf.add(input, layer.tensors(tf, parameters, input)),
  };
}
