import { type Backend, type Matrix, plain } from '@mixtention/core';
import { checkOptions, fail } from '@mixtention/core/base';
import { attend } from '../attend/attend.ts';
import { rotate } from '../attend/rotary.ts';
import { joinColumns, splitColumns } from '../layers/head-columns.ts';
import { type Architecture, readArchitecture } from './architecture.ts';
import { linear } from './linear.ts';
import { activate, add, normalize } from './pointwise.ts';
import { type LayerWeights, readWeights, type TensorSource, type WeightReader } from './weights.ts';

/** A Transformer whose weights are read layer by layer, as they are used. */
export type Transformer = { readonly architecture: Architecture; readonly weights: WeightReader };

/** The heads of a layer as they enter attention: rotary positions are in queries and keys. */
export type LayerHeads = {
  readonly layer: number;
  /** `[H]` of `[N, d]` */
  readonly q: readonly Matrix[];
  /** Fewer than queries where they are grouped. */
  readonly k: readonly Matrix[];
  readonly v: readonly Matrix[];
  /** The map from the outputs of all heads, side by side, to the stream: `[width, H·d]`. */
  readonly output: Matrix;
  /** What all heads together add to the stream, without the layer's offset, `[N, width]`. */
  readonly added: Matrix;
};

export type RunTransformerOptions = {
  /** Where products and attention run; default: float64 in plain typed arrays. */
  readonly backend?: Backend | undefined;
  /** Sees the heads of each layer, in order. */
  readonly onLayer?: ((heads: LayerHeads) => void) | undefined;
};

/**
 * A Transformer of a Hugging Face folder: BERT encoders, GPT-2 and Llama decoders (rotary positions, grouped queries, RMS norms).
 *
 * @param config  what `config.json` holds
 * @param tensors  the tensors of `model.safetensors`, as `readTensors` of `@mixtention/files` opens it
 * @throws BAD_MODEL: a kind that is not supported (naming those that are), a tensor that is missing or of another shape
 *
 * Cost: nothing is read yet but names and shapes.
 *
 * @example
 * // A Llama of two tokens, one layer and width 2; tensors of a folder come by `readTensors('FOLDER/model.safetensors')`.
 * const eye = { shape: [2, 2], data: Float64Array.of(1, 0, 0, 1) };
 * const tensors = new Map([
 *   ['embed_tokens.weight', eye],
 *   ...['q', 'k', 'v', 'o'].map((name) => [`layers.0.self_attn.${name}_proj.weight`, eye]),
 *   ...['gate', 'up'].map((name) => [`layers.0.mlp.${name}_proj.weight`, { shape: [1, 2], data: new Float64Array(2) }]),
 *   ['layers.0.mlp.down_proj.weight', { shape: [2, 1], data: new Float64Array(2) }],
 *   ...['layers.0.input_layernorm', 'layers.0.post_attention_layernorm', 'norm'].map((name) => [
 *     `${name}.weight`,
 *     { shape: [2], data: Float64Array.of(1, 1) },
 *   ]),
 * ]);
 * const source = { name: 'model.safetensors', tensors, read: (name) => tensors.get(name) };
 * const sizes = { hidden_size: 2, intermediate_size: 1, num_hidden_layers: 1, num_attention_heads: 1 };
 * const config = { model_type: 'llama', vocab_size: 2, max_position_embeddings: 8, ...sizes };
 * const transformer = readTransformer(config, source);
 * const [entering, leaving] = runTransformer(transformer, [0, 1]);
 * entering.data; // [1, 0, 0, 1]
 * leaving.data.subarray(0, 2); // [1.41, 0.00]: the first token sees itself alone
 * const { heads } = xrayTransformer(transformer, [0, 1]);
 * heads.length; // 1
 */
export function readTransformer(config: unknown, tensors: TensorSource): Transformer {
  const where = 'attention/readTransformer';
  const architecture = readArchitecture(config, where);
  return { architecture, weights: readWeights(tensors, architecture, where) };
}

/**
 * Runs a Transformer over one text, with the attention of this package.
 *
 * @param ids  tokens, as its tokenizer numbers them
 * @returns hidden states `[layers + 1]` of `[N, width]`: what enters the first layer, and what leaves each, the last one normalized where the model does
 * @throws BAD_DATA for no tokens, too many, or one that is not in the vocabulary
 *
 * The example of `readTransformer` runs one.
 *
 * Cost: a layer takes N·width·(4·width + 2 or 3·hidden) multiply–adds and its attention; one layer's weights are held at a time.
 */
export function runTransformer(
  { architecture, weights }: Transformer,
  ids: readonly number[],
  options: RunTransformerOptions = {},
): readonly Matrix[] {
  const where = 'attention/runTransformer';
  checkOptions(where, options, ['backend', 'onLayer']);
  const { backend = plain, onLayer } = options;
  checkTokens(ids, architecture, where);
  const states: Matrix[] = [];
  let stream = embed(weights, architecture, ids);
  for (let layer = 0; layer < architecture.layers; layer++) {
    states.push({ ...stream, data: stream.data.slice() });
    stream = runLayer(stream, weights.layer(layer), { layer, architecture, backend, onLayer });
  }
  const finalNorm = weights.finalNorm();
  if (finalNorm !== null) normalize(stream, finalNorm, architecture);
  return [...states, stream];
}

function checkTokens(ids: readonly number[], { vocabulary, positions }: Architecture, where: string): void {
  if (ids.length === 0) fail(where, 'BAD_DATA', 'the text has no tokens');
  if (ids.length > positions)
    fail(where, 'BAD_DATA', `the text has ${ids.length} tokens, the model reads ${positions} at most`);
  const bad = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
  if (bad !== undefined)
    fail(
      where,
      'BAD_DATA',
      `token ${bad} is not in a vocabulary of ${vocabulary}; was it made by the tokenizer of another model?`,
    );
}

type Stream = Matrix & { readonly data: Float64Array };

function embed(weights: WeightReader, architecture: Architecture, ids: readonly number[]): Stream {
  const { words, places, segment, norm } = weights.embeddings();
  const { width } = architecture;
  const data = new Float64Array(ids.length * width);
  ids.forEach((id, n) => {
    for (let c = 0; c < width; c++)
      data[n * width + c] = words.data[id * width + c]! + (places?.data[n * width + c] ?? 0) + (segment?.[c] ?? 0);
  });
  const stream = { data, rows: ids.length, cols: width };
  if (norm !== null) normalize(stream, norm, architecture);
  return stream;
}

type Place = {
  readonly layer: number;
  readonly architecture: Architecture;
  readonly backend: Backend;
  readonly onLayer: RunTransformerOptions['onLayer'];
};

/** Norms stand before attention and hidden layer in decoders, behind them and the sum in BERT. */
function runLayer(stream: Stream, weights: LayerWeights, place: Place): Stream {
  const { architecture, backend } = place;
  const isBefore = architecture.kind !== 'bert';
  const normalized = (x: Stream, norm: LayerWeights['hiddenNorm']): Stream => {
    const own = { ...x, data: x.data.slice() };
    normalize(own, norm, architecture);
    return own;
  };
  const attended = runAttention(isBefore ? normalized(stream, weights.attentionNorm) : stream, weights, place);
  add(attended.data, stream.data);
  if (!isBefore) normalize(attended, weights.attentionNorm, architecture);
  const entering = isBefore ? normalized(attended, weights.hiddenNorm) : attended;
  const up = linear(entering, weights.up, backend);
  activate(up, weights.gate && linear(entering, weights.gate, backend), architecture.activation);
  const left = linear(up, weights.down, backend);
  add(left.data, attended.data);
  if (!isBefore) normalize(left, weights.hiddenNorm, architecture);
  return left;
}

function runAttention(x: Stream, weights: LayerWeights, { layer, architecture, backend, onLayer }: Place): Stream {
  const { heads, keyHeads, rotaryBase, headWidth, isCausal } = architecture;
  const places = Float64Array.from({ length: x.rows }, (_, n) => n);
  const turned = (rows: Matrix): Matrix =>
    rotaryBase === null ? rows : rotate(rows, places, { base: rotaryBase, pairs: 'halves', columns: headWidth }, 1);
  const q = splitColumns(linear(x, weights.query, backend), heads).map(turned);
  const k = splitColumns(linear(x, weights.key, backend), keyHeads).map(turned);
  const v = splitColumns(linear(x, weights.value, backend), keyHeads);
  const z = attend(q, k, v, { backend, ...(isCausal && { mask: 'causal' }) }).map(({ output }) => output);
  const { weight, bias } = weights.output;
  const added = linear(joinColumns(z), { weight, bias: null }, backend);
  onLayer?.({ layer, q, k, v, output: weight, added });
  const sum = { ...added, data: added.data.slice() };
  if (bias !== null) for (let i = 0; i < sum.data.length; i++) sum.data[i]! += bias[i % sum.cols]!;
  return sum;
}
