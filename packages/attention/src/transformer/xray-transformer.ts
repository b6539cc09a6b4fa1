import { type Backend, type Matrix, plain } from '@mixtention/core';
import { checkOptions } from '@mixtention/core/base';
import { cholesky } from '@mixtention/core/numeric';
import type { HeadXray, LayerXray } from '../xray/types.ts';
import { xray } from '../xray/xray.ts';
import type { LayerHeads, Transformer } from './forward.ts';
import { runTransformer } from './transformer.ts';

/** What was read of a head: with it `attend` gives the head's rows and output again. */
export type GivenHead = {
  readonly layer: number;
  readonly head: number;
  readonly q: Matrix;
  readonly k: Matrix;
  /**
   * Values as they come out of the layer, `[N, d]`: in coordinates in which lengths are those in the stream. What a head adds to it is an output of
   * these, turned.
   */
  readonly v: Matrix;
};

export type TransformerXray = {
  /** Layer by layer, head by head. */
  readonly heads: readonly HeadXray[];
  readonly layers: readonly (LayerXray & {
    /** Length of what all heads of the layer add to the stream, without its offset, `[N]`. */
    readonly outputNorm: Float64Array;
  })[];
  readonly given: readonly GivenHead[];
  /** Hidden states, as of `runTransformer`. */
  readonly hidden: readonly Matrix[];
};

/**
 * Every head of every layer of a Transformer over a text, read as a mixture.
 *
 * Queries and keys are those that enter the scores (turned by their positions where these are rotary). Values are taken as the layer puts them out,
 * through its output map, so that what pruning or merging keys changes is measured in the stream.
 *
 * @param ids  tokens, as the model's tokenizer numbers them
 * @throws as `runTransformer`
 *
 * The example of `readTransformer` reads one.
 *
 * Cost: as `runTransformer`, and `xray` of each layer.
 */
export function xrayTransformer(
  transformer: Transformer,
  ids: readonly number[],
  options: { readonly backend?: Backend | undefined } = {},
): TransformerXray {
  checkOptions('attention/xrayTransformer', options, ['backend']);
  const { backend = plain } = options;
  const { isCausal } = transformer.architecture;
  const heads: HeadXray[] = [];
  const layers: (LayerXray & { outputNorm: Float64Array })[] = [];
  const given: GivenHead[] = [];
  const onLayer = (own: LayerHeads): void => {
    const { layer, q, k } = own;
    const v = q.map((_, head) => inStream(own, head));
    const read = xray({ q, k, v, ...(isCausal && { mask: 'causal' }) }, { backend, selfAttention: true });
    heads.push(...read.heads.map((head) => ({ ...head, layer, hook: `blocks.${layer}.attn.hook_pattern` })));
    layers.push({ ...read.layers[0]!, layer, outputNorm: outputNorm(own) });
    const group = q.length / k.length;
    given.push(...q.map((query, head) => ({ layer, head, q: query, k: k[Math.floor(head / group)]!, v: v[head]! })));
  };
  const hidden = runTransformer(transformer, ids, { backend, onLayer });
  return { heads, layers, given, hidden };
}

/** Values of a head times the Cholesky factor of WᵀW, W its part of the output map: lengths and angles are those of `W v`. */
function inStream({ q, v, output }: LayerHeads, head: number): Matrix {
  const own = v[Math.floor(head / (q.length / v.length))]!;
  const { rows, cols: d } = own;
  const factor = new Float64Array(d * d);
  const squares = new Float64Array(d * d);
  for (let row = 0; row < output.rows; row++) {
    const at = row * output.cols + head * d;
    for (let i = 0; i < d; i++)
      for (let j = 0; j <= i; j++) squares[i * d + j]! += output.data[at + i]! * output.data[at + j]!;
  }
  // A map that loses a direction has a factor all the same, but for rounding.
  const least = 1e-12 * squares.reduce((most, one, i) => (i % (d + 1) === 0 ? Math.max(most, one) : most), 0) || 1e-300;
  for (let i = 0; i < d; i++) squares[i * d + i]! += least;
  cholesky(squares, d, factor);
  const data = new Float64Array(rows * d);
  for (let n = 0; n < rows; n++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j <= i; j++) data[n * d + j]! += own.data[n * d + i]! * factor[i * d + j]!;
  return { data, rows, cols: d };
}

function outputNorm({ added: { data, rows, cols } }: LayerHeads): Float64Array {
  return Float64Array.from({ length: rows }, (_, n) =>
    Math.sqrt(Array.from(data.subarray(n * cols, (n + 1) * cols)).reduce((sum, x) => sum + x * x, 0)),
  );
}
