import { counted, fail, show } from '@mixtention/core/base';

export const KINDS = ['bert', 'gpt2', 'llama'] as const;
export type Kind = (typeof KINDS)[number];

export type Activation = 'gelu' | 'gelu_tanh' | 'relu' | 'silu';

/** What a `config.json` says, settled. */
export type Architecture = {
  readonly kind: Kind;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Heads of keys and values; fewer than heads where queries are grouped. */
  readonly keyHeads: number;
  readonly headWidth: number;
  readonly hidden: number;
  readonly vocabulary: number;
  readonly positions: number;
  readonly epsilon: number;
  readonly activation: Activation;
  /** Base of rotary positions; null where positions are learnt. */
  readonly rotaryBase: number | null;
  readonly isCausal: boolean;
};

type Config = { readonly [name: string]: unknown };

const ACTIVATIONS: { readonly [name: string]: Activation } = {
  gelu: 'gelu',
  gelu_new: 'gelu_tanh',
  gelu_pytorch_tanh: 'gelu_tanh',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
};

/**
 * Reads the `config.json` of a Hugging Face folder.
 *
 * @throws BAD_MODEL for a kind that is not supported, naming those that are, and for what such a model may not be
 */
export function readArchitecture(config: unknown, where: string): Architecture {
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    fail(where, 'BAD_MODEL', `the configuration is ${show(config)}, an object was due`);
  const given = config as Config;
  const kind = given.model_type;
  if (kind === 'bert') return readBert(given, where);
  if (kind === 'gpt2') return readGpt2(given, where);
  if (kind === 'llama') return readLlama(given, where);
  return fail(where, 'BAD_MODEL', `the model is of kind ${show(kind)}; supported are ${KINDS.join(', ')}`);
}

function readBert(config: Config, where: string): Architecture {
  const { position_embedding_type: positions = 'absolute', is_decoder: isDecoder = false } = config;
  if (positions !== 'absolute' && positions !== null)
    fail(where, 'BAD_MODEL', `position_embedding_type is ${show(positions)}, "absolute" was due`);
  if (isDecoder) fail(where, 'BAD_MODEL', 'a BERT with is_decoder is not supported');
  const width = count(config, 'hidden_size', where);
  const heads = count(config, 'num_attention_heads', where);
  return {
    kind: 'bert',
    layers: count(config, 'num_hidden_layers', where),
    width,
    ...evenHeads(width, heads, where),
    hidden: count(config, 'intermediate_size', where),
    vocabulary: count(config, 'vocab_size', where),
    positions: count(config, 'max_position_embeddings', where),
    epsilon: small(config, 'layer_norm_eps', 1e-12, where),
    activation: activationOf(config.hidden_act ?? 'gelu', where),
    rotaryBase: null,
    isCausal: false,
  };
}

function readGpt2(config: Config, where: string): Architecture {
  for (const [name, due] of [
    ['scale_attn_weights', true],
    ['scale_attn_by_inverse_layer_idx', false],
    ['add_cross_attention', false],
  ] as const)
    if ((config[name] ?? due) !== due)
      fail(where, 'BAD_MODEL', `a GPT-2 with ${name} = ${show(config[name])} is not supported`);
  const width = count(config, 'n_embd', where);
  const heads = count(config, 'n_head', where);
  return {
    kind: 'gpt2',
    layers: count(config, 'n_layer', where),
    width,
    ...evenHeads(width, heads, where),
    hidden: (config.n_inner ?? null) === null ? 4 * width : count(config, 'n_inner', where),
    vocabulary: count(config, 'vocab_size', where),
    positions: count(config, 'n_positions', where),
    epsilon: small(config, 'layer_norm_epsilon', 1e-5, where),
    activation: activationOf(config.activation_function ?? 'gelu_new', where),
    rotaryBase: null,
    isCausal: true,
  };
}

function readLlama(config: Config, where: string): Architecture {
  const width = count(config, 'hidden_size', where);
  const heads = count(config, 'num_attention_heads', where);
  const isSet = (name: string): boolean => (config[name] ?? null) !== null;
  const keyHeads = isSet('num_key_value_heads') ? count(config, 'num_key_value_heads', where) : heads;
  if (heads % keyHeads !== 0)
    fail(where, 'BAD_MODEL', `${counted(heads, 'head')} of queries cannot share ${keyHeads} of keys evenly`);
  const headWidth = isSet('head_dim') ? count(config, 'head_dim', where) : evenHeads(width, heads, where).headWidth;
  return {
    kind: 'llama',
    layers: count(config, 'num_hidden_layers', where),
    width,
    heads,
    keyHeads,
    headWidth,
    hidden: count(config, 'intermediate_size', where),
    vocabulary: count(config, 'vocab_size', where),
    positions: count(config, 'max_position_embeddings', where),
    epsilon: small(config, 'rms_norm_eps', 1e-6, where),
    activation: activationOf(config.hidden_act ?? 'silu', where),
    rotaryBase: rotaryBaseOf(config, where),
    isCausal: true,
  };
}

/** Younger configurations say it in `rope_parameters`, older ones in `rope_theta` and `rope_scaling`. */
function rotaryBaseOf(config: Config, where: string): number {
  const parameters = (config.rope_parameters ?? {}) as Config;
  const scaling = (config.rope_scaling ?? {}) as Config;
  const type = parameters.rope_type ?? scaling.rope_type ?? scaling.type ?? 'default';
  if (type !== 'default') fail(where, 'BAD_MODEL', `rotary positions are scaled by ${show(type)}, "default" was due`);
  const base = parameters.rope_theta ?? config.rope_theta ?? 10_000;
  if (typeof base === 'number' && base > 0 && Number.isFinite(base)) return base;
  return fail(where, 'BAD_MODEL', `rope_theta is ${show(base)}, a positive number was due`);
}

function evenHeads(
  width: number,
  heads: number,
  where: string,
): Pick<Architecture, 'heads' | 'keyHeads' | 'headWidth'> {
  if (width % heads !== 0)
    fail(where, 'BAD_MODEL', `a width of ${width} cannot be shared by ${counted(heads, 'head')} evenly`);
  return { heads, keyHeads: heads, headWidth: width / heads };
}

function count(config: Config, name: string, where: string): number {
  const value = config[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  return fail(where, 'BAD_MODEL', `${name} is ${show(value)}, a whole number above 0 was due`);
}

function small(config: Config, name: string, usual: number, where: string): number {
  const value = config[name] ?? usual;
  if (typeof value === 'number' && value >= 0 && value < 1) return value;
  return fail(where, 'BAD_MODEL', `${name} is ${show(value)}, a small number was due`);
}

function activationOf(name: unknown, where: string): Activation {
  if (typeof name === 'string' && Object.hasOwn(ACTIVATIONS, name)) return ACTIVATIONS[name]!;
  return fail(
    where,
    'BAD_MODEL',
    `the activation is ${show(name)}, one of ${Object.keys(ACTIVATIONS).join(', ')} was due`,
  );
}
