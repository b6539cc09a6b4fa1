import { plain } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { split } from '@mixtention/core/numeric';
import type { Arrays } from '@mixtention/core/optimize';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { addRows, type Float64Rows } from '../rows.ts';
import { attendAll } from './heads-of-sequences.ts';
import { type Layer, named, within } from './layer.ts';
import { linear } from './linear.ts';
import { tensorHeads } from './tensor-heads.ts';

export type AttentionLayerOptions = {
  /** Width of the rows, D */
  readonly width: number;
  /** H; each has D/H columns */
  readonly heads: number;
  /** Tokens of a sequence; the rows of an input are sequences one below the other. Default: all rows are one. */
  readonly length?: number | undefined;
  /** Tokens of a sequence of keys; default: as of queries. */
  readonly keyLength?: number | undefined;
  /** A token sees itself and those before it; queries are the last tokens of the keys, so there are no more of them. */
  readonly causal?: boolean | undefined;
};

/** Queries, and what keys and values are made of. */
export type Crossed = { readonly queries: Float64Rows; readonly keys: Float64Rows };

const PARTS = ['query', 'key', 'value', 'output'] as const;

/**
 * Multi-head cross-attention as a layer: queries of one set of rows, keys and values of another.
 *
 * Parameters under `query`, `key`, `value` and `output`, as of `linear`; attention itself is `attend`, read and differentiated tile by tile.
 *
 * @throws BAD_OPTION, BAD_SHAPE, each in one sentence
 *
 * Source: Vaswani et al. (2017), sec. 3.2.2.
 *
 * @example
 * const layer = crossAttention({ width: 4, heads: 2 });
 * const [queries, keys] = [2, 3].map((rows) => ({ data: new Float64Array(4 * rows), rows, cols: 4 }));
 * layer.apply(layer.init({ seed: 0, path: [] }), { queries, keys }).output.rows; // 2
 */
export function crossAttention(options: AttentionLayerOptions): Layer<Crossed> {
  const { width, heads } = options;
  if (!(Number.isInteger(heads) && heads > 0 && width % heads === 0))
    fail(
      'attention/crossAttention',
      'BAD_OPTION',
      `${counted(heads, 'head')} cannot share ${counted(width, 'column')} evenly`,
    );
  const map = linear(width, width);
  return {
    init: (key) => named(Object.fromEntries(PARTS.map((name) => [name, map.init(split(key, name))]))),
    apply(parameters, { queries, keys }, own) {
      const of = (name: (typeof PARTS)[number], x: Float64Rows) => map.apply(within(parameters, name), x, own);
      const [q, k, v] = [of('query', queries), of('key', keys), of('value', keys)];
      const mixed = attendAll(q.output, k.output, v.output, options, own?.backend ?? plain);
      const out = of('output', mixed.output);
      return {
        output: out.output,
        pullback(upstream) {
          const ofOut = out.pullback(upstream);
          const back = mixed.pullback(ofOut.input);
          const [ofQ, ofK, ofV] = [q.pullback(back.queries), k.pullback(back.keys), v.pullback(back.values)];
          const ofParameters: { readonly [name: string]: Arrays } = {
            query: ofQ.parameters,
            key: ofK.parameters,
            value: ofV.parameters,
            output: ofOut.parameters,
          };
          return {
            input: { queries: ofQ.input, keys: addRows(ofK.input, ofV.input) },
            parameters: named(ofParameters),
          };
        },
      };
    },
    tensors(tf, parameters, { queries, keys }) {
      const of = (name: (typeof PARTS)[number], x: Tensor2D) => map.tensors(tf, within(parameters, name), x);
      const mixed = tensorHeads(tf, of('query', queries), of('key', keys), of('value', keys), options);
      return of('output', mixed);
    },
  };
}

/**
 * Multi-head self-attention as a layer: queries, keys and values of the same rows.
 *
 * @throws BAD_OPTION, BAD_SHAPE, each in one sentence
 *
 * @example
 * const layer = attentionLayer({ width: 4, heads: 2, causal: true });
 * const tokens = { data: new Float64Array(12), rows: 3, cols: 4 };
 * layer.apply(layer.init({ seed: 0, path: [] }), tokens).output.rows; // 3
 */
export function attentionLayer(options: AttentionLayerOptions): Layer {
  const cross = crossAttention(options);
  return {
    init: cross.init,
    apply(parameters, input, own) {
      const { output, pullback } = cross.apply(parameters, { queries: input, keys: input }, own);
      return {
        output,
        pullback(upstream) {
          const { input: both, parameters: ofParameters } = pullback(upstream);
          return { input: addRows(both.queries, both.keys), parameters: ofParameters };
        },
      };
    },
    tensors: (tf, parameters, input) => cross.tensors(tf, parameters, { queries: input, keys: input }),
  };
}
