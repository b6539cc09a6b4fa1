import { plain } from '@mixtention/core';
import { counted, fail, show } from '@mixtention/core/base';
import { split } from '@mixtention/core/numeric';
import type { Arrays } from '@mixtention/core/optimize';
import { addRows, type Float64Rows } from '../rows.ts';
import type { AttentionLayerOptions } from './attention-layer.ts';
import { attendGaussians, type KeyGaussians } from './gaussian-keys.ts';
import { type Layer, named, within } from './layer.ts';
import { linear } from './linear.ts';
import { tensorGaussians } from './tensor-gaussians.ts';

export type GaussianKeyOptions = Omit<AttentionLayerOptions, 'keyLength'> & {
  /** M: Gaussians that a key is made of */
  readonly gaussians: number;
  /**
   * Whether scores are densities of Gaussians, `−β‖q − μ‖²/2`. Default: `β (q·μ − ‖q‖²/2)`, whose prior makes long means likelier by as much as the distance
   * makes them less likely, as in plain attention.
   */
  readonly distances?: boolean | undefined;
};

/**
 * Multi-head self-attention whose keys are mixtures of Gaussians: a token is M components, which share its value, and its weight is the sum of their
 * responsibilities.
 *
 *     r_jm(q) ∝ w_m β_m^(d/2) exp(β_m (q·μ_jm − ½‖q‖²))     output Σ_j (Σ_m r_jm) v_j     β_m = exp(logPrecision_m)
 *
 * With one Gaussian a key it is plain attention, at scale β. Weights, precisions and the M maps to means are learnt, per head.
 *
 * Parameters under `query`, `value` and `output`, as of `linear`, `key` `[width, M·width]`, `logPrecision` `[heads·M]`, −½ log d, and `logWeight` `[heads·M]`, 0.
 *
 * @throws BAD_OPTION, BAD_SHAPE, each in one sentence
 *
 * Cost: attention over M times as many keys, one column wider.
 * Source: Nguyen et al. (2022), Improving Transformers with probabilistic attention keys.
 *
 * @example
 * const layer = gaussianKeyAttention({ width: 4, heads: 2, gaussians: 2, causal: true });
 * const tokens = { data: new Float64Array(12), rows: 3, cols: 4 };
 * const parameters = layer.init({ seed: 0, path: [] });
 * parameters['key.weight'].length; // 32
 * layer.apply(parameters, tokens).output.rows; // 3
 */
export function gaussianKeyAttention(options: GaussianKeyOptions): Layer {
  const { width, heads, gaussians: M, distances = false } = options;
  const where = 'attention/gaussianKeyAttention';
  if (!(Number.isInteger(heads) && heads > 0 && width % heads === 0))
    fail(where, 'BAD_OPTION', `${counted(heads, 'head')} cannot share ${counted(width, 'column')} evenly`);
  if (!(Number.isSafeInteger(M) && M > 0))
    fail(where, 'BAD_OPTION', `gaussians is ${show(M)}, a count above 0 was due`);
  const maps = {
    query: linear(width, width),
    key: linear(width, M * width),
    value: linear(width, width),
    output: linear(width, width),
  };
  const gaussiansOf = ({ logPrecision, logWeight }: Arrays): KeyGaussians => ({
    gaussians: M,
    distances,
    logPrecision: logPrecision!,
    logWeight: logWeight!,
  });
  return {
    init: (key) => ({
      ...named(Object.fromEntries(Object.entries(maps).map(([name, map]) => [name, map.init(split(key, name))]))),
      logPrecision: new Float64Array(heads * M).fill(-0.5 * Math.log(width / heads)),
      logWeight: new Float64Array(heads * M),
    }),
    apply(parameters, input, own) {
      const of = (name: keyof typeof maps, x: Float64Rows) => maps[name].apply(within(parameters, name), x, own);
      const [q, k, v] = [of('query', input), of('key', input), of('value', input)];
      const told = gaussiansOf(parameters);
      const mixed = attendGaussians(q.output, k.output, v.output, told, options, own?.backend ?? plain);
      const out = of('output', mixed.output);
      return {
        output: out.output,
        pullback(upstream) {
          const ofOut = out.pullback(upstream);
          const back = mixed.pullback(ofOut.input);
          const [ofQ, ofK, ofV] = [q.pullback(back.queries), k.pullback(back.means), v.pullback(back.values)];
          const parts = { query: ofQ, key: ofK, value: ofV, output: ofOut };
          const ofMaps = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.parameters]));
          const { logPrecision, logWeight } = back;
          return {
            input: addRows(addRows(ofQ.input, ofK.input), ofV.input),
            parameters: { ...named(ofMaps), logPrecision, logWeight },
          };
        },
      };
    },
    tensors(tf, parameters, input) {
      const of = (name: keyof typeof maps) => maps[name].tensors(tf, within(parameters, name), input);
      const { logPrecision, logWeight } = parameters;
      const told = { gaussians: M, distances, logPrecision: logPrecision!, logWeight: logWeight! };
      const mixed = tensorGaussians(tf, of('query'), of('key'), of('value'), told, options);
      return maps.output.tensors(tf, within(parameters, 'output'), mixed);
    },
  };
}
