import { type Backend, type Matrix, plain } from '@mixtention/core';
import { checkOptions } from '@mixtention/core/base';
import { readArchitecture } from './architecture.ts';
import { forward, type LayerHeads, type Transformer } from './forward.ts';
import { readWeights, type TensorSource } from './weights.ts';

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
  transformer: Transformer,
  ids: readonly number[],
  options: RunTransformerOptions = {},
): readonly Matrix[] {
  const where = 'attention/runTransformer';
  checkOptions(where, options, ['backend', 'onLayer']);
  const { backend = plain, onLayer } = options;
  return forward(transformer, ids, { where, backend, onLayer });
}
