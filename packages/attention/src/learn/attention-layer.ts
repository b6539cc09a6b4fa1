import { type Backend, type PositionBias, plain, type Reading, type Scores } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { identity } from '@mixtention/core/kernel';
import { split } from '@mixtention/core/numeric';
import type { Arrays } from '@mixtention/core/optimize';
import { sureBackward } from '../attend/sure-backward.ts';
import { sureRead } from '../attend/sure-read.ts';
import { addRows, emptyRows, type Rows } from '../rows.ts';
import { type Layer, named, within } from './layer.ts';
import { linear } from './linear.ts';

export type AttentionLayerOptions = {
  /** Width of the rows, D */
  readonly width: number;
  /** H; each has D/H columns */
  readonly heads: number;
  /** Tokens of a sequence; the rows of an input are sequences one below the other. Default: all rows are one. */
  readonly length?: number | undefined;
  /** Tokens of a sequence of keys; default: as of queries. */
  readonly keyLength?: number | undefined;
  /** A token sees itself and those before it. */
  readonly causal?: boolean | undefined;
};

/** Queries, and what keys and values are made of. */
export type Crossed = { readonly queries: Rows; readonly keys: Rows };

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
    fail('attention/crossAttention', 'BAD_OPTION', `${heads} heads cannot share ${width} columns evenly`);
  const map = linear(width, width);
  return {
    init: (key) => named(Object.fromEntries(PARTS.map((name) => [name, map.init(split(key, name))]))),
    apply(parameters, { queries, keys }, own) {
      const of = (name: (typeof PARTS)[number], x: Rows) => map.apply(within(parameters, name), x, own);
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
  };
}

type Block = {
  readonly queries: Rows;
  readonly scores: Scores;
  readonly values: Rows;
  readonly reading: Reading;
};

/** Attention of every head in every sequence, output side by side as `output` of the layer takes it. */
function attendAll(
  q: Rows,
  k: Rows,
  v: Rows,
  { heads, length, keyLength, causal }: AttentionLayerOptions,
  backend: Backend,
) {
  const N = length ?? q.rows;
  const K = keyLength ?? (length === undefined ? k.rows : N);
  const sequences = q.rows / N;
  if (!Number.isInteger(sequences) || k.rows !== sequences * K)
    fail(
      'attention/attentionLayer',
      'BAD_SHAPE',
      `${q.rows} rows of queries and ${k.rows} of keys are no sequences of ${N} and ${K}`,
    );
  const d = q.cols / heads;
  const scale = 1 / Math.sqrt(d);
  const bias = new Float64Array(K);
  const positions = causal ? causalPositions(N, K) : undefined;
  const options = { ...(positions && { positions }) };
  const output = emptyRows(q.rows, q.cols);
  const blocks: Block[] = [];
  for (let s = 0; s < sequences; s++)
    for (let h = 0; h < heads; h++) {
      const queries = cut(q, s * N, N, h * d, d);
      const natural = cut(k, s * K, K, h * d, d).data;
      for (let i = 0; i < natural.length; i++) natural[i]! *= scale;
      const term = { form: 'linear', statistics: identity.none, columns: null, width: d, natural } as const;
      const scores: Scores = { components: K, bias, terms: [term] };
      const values = cut(v, s * K, K, h * d, d);
      const reading = sureRead(backend, queries, scores, values, options);
      paste(reading.output.data, output, s * N, N, h * d, d, 1);
      blocks.push({ queries, scores, values, reading });
    }
  return {
    output,
    pullback(upstream: Rows): { readonly queries: Rows; readonly keys: Rows; readonly values: Rows } {
      const [ofQ, ofK, ofV] = [emptyRows(q.rows, q.cols), emptyRows(k.rows, k.cols), emptyRows(v.rows, v.cols)];
      blocks.forEach(({ queries, scores, values, reading }, i) => {
        const [s, h] = [Math.floor(i / heads), i % heads];
        const gradient = { output: cut(upstream, s * N, N, h * d, d) };
        const back = sureBackward(backend, queries, scores, values, { reading, gradient }, options);
        paste(back.queries[0]!.data, ofQ, s * N, N, h * d, d, 1);
        paste(back.natural[0]!, ofK, s * K, K, h * d, d, scale);
        paste(back.values.data, ofV, s * K, K, h * d, d, 1);
      });
      return { queries: ofQ, keys: ofK, values: ofV };
    },
  };
}

function causalPositions(N: number, K: number): PositionBias {
  return {
    causal: true,
    queries: Float64Array.from({ length: N }, (_, n) => K - N + n),
    keys: Float64Array.from({ length: K }, (_, k) => k),
  };
}

function cut({ data, cols }: Rows, top: number, rows: number, left: number, width: number): Rows {
  const part = emptyRows(rows, width);
  for (let n = 0; n < rows; n++) {
    const from = (top + n) * cols + left;
    part.data.set(data.subarray(from, from + width), n * width);
  }
  return part;
}

function paste(
  part: ArrayLike<number>,
  { data, cols }: Rows,
  top: number,
  rows: number,
  left: number,
  width: number,
  scale: number,
): void {
  for (let n = 0; n < rows; n++)
    for (let j = 0; j < width; j++) data[(top + n) * cols + left + j] = scale * part[n * width + j]!;
}
