import type { Matrix } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import type { Architecture } from './architecture.ts';

/** Tensors by name, read as they are asked for; what `readTensors` of `@mixtention/files` opens is one. */
export type TensorSource = {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>;
  read(tensor: string): { readonly shape: readonly number[]; readonly data: Float32Array | Float64Array };
};

/** `y = W x + b`, W `[out, in]`. */
export type Linear = { readonly weight: Matrix; readonly bias: Float64Array | null };

/** Gain and offset of a normalized row; no offset under RMS. */
export type Norm = { readonly gain: Float64Array; readonly offset: Float64Array | null };

export type LayerWeights = {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly attentionNorm: Norm;
  readonly up: Linear;
  readonly gate: Linear | null;
  readonly down: Linear;
  readonly hiddenNorm: Norm;
};

export type Embeddings = {
  readonly words: Matrix;
  readonly places: Matrix | null;
  /** Added to every token: the type of the first segment. */
  readonly segment: Float64Array | null;
  readonly norm: Norm | null;
};

/** Reads weights by the names of an architecture, each held to its shape. */
export type WeightReader = {
  embeddings(): Embeddings;
  layer(index: number): LayerWeights;
  finalNorm(): Norm | null;
};

/** What stands before the names, where a model with a head was saved. */
const PREFIXES = { bert: ['', 'bert.'], gpt2: ['', 'transformer.'], llama: ['', 'model.'] } as const;
const FIRST = { bert: 'embeddings.word_embeddings.weight', gpt2: 'wte.weight', llama: 'embed_tokens.weight' } as const;

/**
 * @throws BAD_MODEL where a tensor is missing or has another shape than the configuration lets expect
 */
export function readWeights(source: TensorSource, architecture: Architecture, where: string): WeightReader {
  const { kind } = architecture;
  const prefix = PREFIXES[kind].find((one) => source.tensors.has(one + FIRST[kind]));
  if (prefix === undefined)
    fail(where, 'BAD_MODEL', `${source.name} has no tensor "${FIRST[kind]}", which a model of kind ${kind} has`);
  const read = reader(source, prefix, where);
  return kind === 'bert'
    ? bert(read, architecture)
    : kind === 'gpt2'
      ? gpt2(read, architecture)
      : llama(read, architecture);
}

type Read = {
  has(name: string): boolean;
  matrix(name: string, rows: number, cols: number): Matrix;
  vector(name: string, length: number): Float64Array;
  /** `[out, in]`, and its bias where there is one. */
  linear(name: string, out: number, input: number): Linear;
  norm(name: string, length: number): Norm;
};

function reader(source: TensorSource, prefix: string, where: string): Read {
  const values = (name: string, shape: readonly number[]): Float32Array | Float64Array => {
    const info = source.tensors.get(prefix + name);
    if (info === undefined)
      fail(where, 'BAD_MODEL', `${source.name} has no tensor "${prefix}${name}", shape [${shape}] was due`);
    if (info.shape.join() !== shape.join())
      fail(
        where,
        'BAD_MODEL',
        `tensor "${prefix}${name}" of ${source.name} has shape [${info.shape}], [${shape}] was due`,
      );
    return source.read(prefix + name).data;
  };
  const has = (name: string): boolean => source.tensors.has(prefix + name);
  const matrix = (name: string, rows: number, cols: number): Matrix => ({
    data: values(name, [rows, cols]),
    rows,
    cols,
  });
  const vector = (name: string, length: number): Float64Array => Float64Array.from(values(name, [length]));
  return {
    has,
    matrix,
    vector,
    linear: (name, out, input) => ({
      weight: matrix(`${name}.weight`, out, input),
      bias: has(`${name}.bias`) ? vector(`${name}.bias`, out) : null,
    }),
    norm: (name, length) => ({
      gain: vector(`${name}.weight`, length),
      offset: has(`${name}.bias`) ? vector(`${name}.bias`, length) : null,
    }),
  };
}

function bert(read: Read, { width, hidden, vocabulary, positions }: Architecture): WeightReader {
  return {
    embeddings() {
      const types = 'embeddings.token_type_embeddings.weight';
      return {
        words: read.matrix(FIRST.bert, vocabulary, width),
        places: read.matrix('embeddings.position_embeddings.weight', positions, width),
        segment: read.has(types) ? Float64Array.from(read.matrix(types, 2, width).data.subarray(0, width)) : null,
        norm: read.norm('embeddings.LayerNorm', width),
      };
    },
    layer(index) {
      const at = `encoder.layer.${index}`;
      return {
        query: read.linear(`${at}.attention.self.query`, width, width),
        key: read.linear(`${at}.attention.self.key`, width, width),
        value: read.linear(`${at}.attention.self.value`, width, width),
        output: read.linear(`${at}.attention.output.dense`, width, width),
        attentionNorm: read.norm(`${at}.attention.output.LayerNorm`, width),
        up: read.linear(`${at}.intermediate.dense`, hidden, width),
        gate: null,
        down: read.linear(`${at}.output.dense`, width, hidden),
        hiddenNorm: read.norm(`${at}.output.LayerNorm`, width),
      };
    },
    finalNorm: () => null,
  };
}

/** GPT-2 keeps its maps as `[in, out]`, and those of queries, keys and values side by side. */
function gpt2(read: Read, { width, hidden, vocabulary, positions }: Architecture): WeightReader {
  const turned = (name: string, out: number, input: number): Linear => ({
    weight: transposed(read.matrix(`${name}.weight`, input, out)),
    bias: read.vector(`${name}.bias`, out),
  });
  return {
    embeddings: () => ({
      words: read.matrix(FIRST.gpt2, vocabulary, width),
      places: read.matrix('wpe.weight', positions, width),
      segment: null,
      norm: null,
    }),
    layer(index) {
      const at = `h.${index}`;
      const all = turned(`${at}.attn.c_attn`, 3 * width, width);
      const part = (which: number): Linear => ({
        weight: {
          data: all.weight.data.subarray(which * width * width, (which + 1) * width * width),
          rows: width,
          cols: width,
        },
        bias: all.bias!.subarray(which * width, (which + 1) * width),
      });
      return {
        query: part(0),
        key: part(1),
        value: part(2),
        output: turned(`${at}.attn.c_proj`, width, width),
        attentionNorm: read.norm(`${at}.ln_1`, width),
        up: turned(`${at}.mlp.c_fc`, hidden, width),
        gate: null,
        down: turned(`${at}.mlp.c_proj`, width, hidden),
        hiddenNorm: read.norm(`${at}.ln_2`, width),
      };
    },
    finalNorm: () => read.norm('ln_f', width),
  };
}

function llama(read: Read, { width, heads, keyHeads, headWidth, hidden, vocabulary }: Architecture): WeightReader {
  return {
    embeddings: () => ({ words: read.matrix(FIRST.llama, vocabulary, width), places: null, segment: null, norm: null }),
    layer(index) {
      const at = `layers.${index}`;
      return {
        query: read.linear(`${at}.self_attn.q_proj`, heads * headWidth, width),
        key: read.linear(`${at}.self_attn.k_proj`, keyHeads * headWidth, width),
        value: read.linear(`${at}.self_attn.v_proj`, keyHeads * headWidth, width),
        output: read.linear(`${at}.self_attn.o_proj`, width, heads * headWidth),
        attentionNorm: read.norm(`${at}.input_layernorm`, width),
        up: read.linear(`${at}.mlp.up_proj`, hidden, width),
        gate: read.linear(`${at}.mlp.gate_proj`, hidden, width),
        down: read.linear(`${at}.mlp.down_proj`, width, hidden),
        hiddenNorm: read.norm(`${at}.post_attention_layernorm`, width),
      };
    },
    finalNorm: () => read.norm('norm', width),
  };
}

function transposed({ data, rows, cols }: Matrix): Matrix {
  const turned = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) turned[j * rows + i] = data[i * cols + j]!;
  return { data: turned, rows: cols, cols: rows };
}
