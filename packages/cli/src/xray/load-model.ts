import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTransformer, type Transformer } from '@mixtention/attention/transformer';
import { MixtentionError } from '@mixtention/core';
import { readTensors } from '@mixtention/files';
import { readJson } from './read-json.ts';

/** A Transformer with its tokenizer. */
export type LoadedModel = {
  readonly transformer: Transformer;
  encode(text: string): { readonly ids: readonly number[]; readonly tokens: readonly string[] };
};

/**
 * A Hugging Face folder: `config.json`, `model.safetensors`, `tokenizer.json`, and `tokenizer_config.json` where it is there.
 *
 * @throws DataError for files that are missing or not what they should be, BAD_MODEL for a model that is not supported
 */
export async function loadModel(folder: string): Promise<LoadedModel> {
  const config = await readJson(join(folder, 'config.json'));
  const weights = join(folder, 'model.safetensors');
  if (!(await isThere(weights)) && (await isThere(`${weights}.index.json`)))
    throw new MixtentionError('BAD_MODEL', `${folder} holds weights in several files, one model.safetensors was due`);
  const transformer = readTransformer(config, await readTensors(weights));
  const words = await readJson(join(folder, 'tokenizer.json'));
  const settings = join(folder, 'tokenizer_config.json');
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const tokenizer = new Tokenizer(
    words as object,
    (await isThere(settings)) ? ((await readJson(settings)) as object) : {},
  );
  return {
    transformer,
    encode(text) {
      const { ids, tokens } = tokenizer.encode(text);
      return { ids: ids.map(Number), tokens };
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
