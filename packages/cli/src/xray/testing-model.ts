import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generator, key } from '@mixtention/core/numeric';

/** A safetensors file of float32 numbers. */
export function safetensors(tensors: {
  readonly [name: string]: { readonly shape: readonly number[]; readonly data: ArrayLike<number> };
}): Buffer {
  const header: { [name: string]: object } = {};
  const parts: Buffer[] = [];
  let at = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + 4 * data.length] };
    parts.push(Buffer.from(Float32Array.from(data).buffer));
    at += 4 * data.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

export const WORDS: readonly string[] = ['[UNK]', 'the', 'cat', 'sat', 'on', 'a', 'mat'];

/** A folder of a GPT-2 of two layers of two heads with random weights, and a tokenizer of seven words. */
export async function writeModel(folder: string, change: { readonly [name: string]: unknown } = {}): Promise<void> {
  const random = generator(key(9));
  const draw = (...shape: number[]) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.4 * random.normal()),
  });
  const width = 8;
  const layer = (index: number) => ({
    [`h.${index}.ln_1.weight`]: draw(width),
    [`h.${index}.ln_1.bias`]: draw(width),
    [`h.${index}.attn.c_attn.weight`]: draw(width, 3 * width),
    [`h.${index}.attn.c_attn.bias`]: draw(3 * width),
    [`h.${index}.attn.c_proj.weight`]: draw(width, width),
    [`h.${index}.attn.c_proj.bias`]: draw(width),
    [`h.${index}.ln_2.weight`]: draw(width),
    [`h.${index}.ln_2.bias`]: draw(width),
    [`h.${index}.mlp.c_fc.weight`]: draw(width, 4 * width),
    [`h.${index}.mlp.c_fc.bias`]: draw(4 * width),
    [`h.${index}.mlp.c_proj.weight`]: draw(4 * width, width),
    [`h.${index}.mlp.c_proj.bias`]: draw(width),
  });
  const tensors = {
    'wte.weight': draw(WORDS.length, width),
    'wpe.weight': draw(16, width),
    ...layer(0),
    ...layer(1),
    'ln_f.weight': draw(width),
    'ln_f.bias': draw(width),
  };
  const config = {
    model_type: 'gpt2',
    n_embd: width,
    n_head: 2,
    n_layer: 2,
    n_positions: 16,
    vocab_size: WORDS.length,
    ...change,
  };
  const vocab = Object.fromEntries(WORDS.map((word, id) => [word, id]));
  const tokenizer = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab, unk_token: '[UNK]' },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
}
