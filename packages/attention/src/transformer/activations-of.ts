import { type Backend, plain } from '@mixtention/core';
import { checkOptions, fail, show } from '@mixtention/core/base';
import { forward, type Transformer, type TransformerActivation } from './forward.ts';

export type ActivationsOptions = {
  /** Which are kept: names, or what says so of a name. Default: all. */
  readonly names?: readonly string[] | ((name: string) => boolean) | undefined;
  /** Where products and attention run; default: float64 in plain typed arrays. */
  readonly backend?: Backend | undefined;
};

/**
 * What a Transformer computes on its way through a text, by the names that TransformerLens gives it.
 *
 *     hook_embed · hook_pos_embed · hook_token_type_embed · hook_full_embed (BERT)                     [N, width]
 *     blocks.L.hook_resid_pre · hook_resid_mid · hook_resid_post · hook_attn_out · hook_mlp_out        [N, width]
 *     blocks.L.ln1.hook_normalized · ln2.hook_normalized · hook_normalized_resid_post (BERT)           [N, width]
 *     blocks.L.attn.hook_q · hook_k · hook_v · hook_z · hook_rot_q · hook_rot_k (rotary)               [N, heads, d]
 *     blocks.L.attn.hook_attn_scores (−∞ where a causal mask hides) · hook_pattern                     [heads, N, N]
 *     blocks.L.mlp.hook_pre · hook_pre_linear (gated) · hook_post                                      [N, hidden]
 *     ln_final.hook_normalized (decoders)                                                              [N, width]
 *
 * There is one text, so the axis of batches is left out. Keys and values have the number of heads that the model has of them. Numbers are those of the
 * weights as they are: of `from_pretrained_no_processing` there, no norm is folded and nothing centered.
 *
 * @param ids  tokens, as the model's tokenizer numbers them
 * @returns in the order in which they are computed
 * @throws as `runTransformer`; BAD_OPTION for a name that this model does not have
 *
 * Cost: as `runTransformer`, and a copy of what is kept; scores and rows of attention once more.
 *
 * @example
 * // As in the example of `readTransformer`, but queries are 0: every token reads all that it sees alike.
 * const eye = { shape: [2, 2], data: Float64Array.of(1, 0, 0, 1) };
 * const zero = (...shape) => ({ shape, data: new Float64Array(shape[0] * shape[1]) });
 * const tensors = new Map([
 *   ['embed_tokens.weight', eye],
 *   ['layers.0.self_attn.q_proj.weight', zero(2, 2)],
 *   ...['k', 'v', 'o'].map((name) => [`layers.0.self_attn.${name}_proj.weight`, eye]),
 *   ...['gate', 'up'].map((name) => [`layers.0.mlp.${name}_proj.weight`, zero(1, 2)]),
 *   ['layers.0.mlp.down_proj.weight', zero(2, 1)],
 *   ...['layers.0.input_layernorm', 'layers.0.post_attention_layernorm', 'norm'].map((name) => [
 *     `${name}.weight`,
 *     { shape: [2], data: Float64Array.of(1, 1) },
 *   ]),
 * ]);
 * const source = { name: 'model.safetensors', tensors, read: (name) => tensors.get(name) };
 * const sizes = { hidden_size: 2, intermediate_size: 1, num_hidden_layers: 1, num_attention_heads: 1 };
 * const config = { model_type: 'llama', vocab_size: 2, max_position_embeddings: 8, ...sizes };
 * const transformer = readTransformer(config, source);
 * const kept = activationsOf(transformer, [0, 1], { names: ['blocks.0.attn.hook_pattern'] });
 * kept.get('blocks.0.attn.hook_pattern').data; // [1, 0, 0.5, 0.5]
 */
export function activationsOf(
  transformer: Transformer,
  ids: readonly number[],
  options: ActivationsOptions = {},
): ReadonlyMap<string, TransformerActivation> {
  const where = 'attention/activationsOf';
  checkOptions(where, options, ['names', 'backend']);
  const { names = () => true, backend = plain } = options;
  const isKept = typeof names === 'function' ? names : (name: string): boolean => names.includes(name);
  const kept = new Map<string, TransformerActivation>();
  const seen = new Set<string>();
  forward(transformer, ids, {
    where,
    backend,
    note(name, make) {
      seen.add(name);
      if (isKept(name)) kept.set(name, make());
    },
  });
  const missing = typeof names === 'function' ? undefined : names.find((name) => !seen.has(name));
  if (missing !== undefined)
    fail(
      where,
      'BAD_OPTION',
      `the model has no activation ${show(missing)}; names are as ${[...seen].slice(-5).join(', ')}`,
    );
  return kept;
}
