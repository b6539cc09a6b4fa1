import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { Tokenizer } from '@huggingface/tokenizers';
import { readTransformer, type Transformer } from '@mixtention/attention/transformer';
import { MixtentionError } from '@mixtention/core';
import { show } from '@mixtention/core/base';
import { DataError, readTensors } from '@mixtention/files';
import { readJson } from './read-json.ts';

/** A tokenizer's regular expressions come from its file, and some take time exponential in the text. */
const PATIENCE_MS = 10_000;

/** A Transformer with its tokenizer. */
export type LoadedModel = {
  readonly transformer: Transformer;
  encode(text: string): { readonly ids: readonly number[]; readonly tokens: readonly string[] };
};

/**
 * A Hugging Face folder: `config.json`, `model.safetensors`, `tokenizer.json`, and `tokenizer_config.json` where it is there.
 *
 * @param patienceMs  how long the tokenizer may take for a text
 * @throws DataError for files that are missing or not what they should be, BAD_MODEL for a model that is not supported
 */
export async function loadModel(folder: string, patienceMs: number = PATIENCE_MS): Promise<LoadedModel> {
  const config = await readJson(join(folder, 'config.json'));
  const weights = join(folder, 'model.safetensors');
  if (!(await isThere(weights)) && (await isThere(`${weights}.index.json`)))
    throw new MixtentionError('BAD_MODEL', `${folder} holds weights in several files, one model.safetensors was due`);
  const transformer = readTransformer(config, await readTensors(weights));
  const words = await readJson(join(folder, 'tokenizer.json'));
  const settings = join(folder, 'tokenizer_config.json');
  const tokenizer = await openTokenizer(words, (await isThere(settings)) ? await readJson(settings) : {}, folder);
  const unknown = unknownOf(words);
  return {
    transformer,
    encode(text) {
      const { ids, tokens } = inOneSentence(folder, () => inTime(() => tokenizer.encode(text), patienceMs));
      // Word-level vocabularies leave a word that they do not have without a number.
      return numbered(ids, tokens, {
        unknown,
        id: unknown === null ? undefined : tokenizer.token_to_id(unknown),
        folder,
      });
    },
  };
}

async function openTokenizer(words: unknown, settings: unknown, folder: string): Promise<Tokenizer> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  return inOneSentence(folder, () => new Tokenizer(words as object, settings as object));
}

/** What the library says of a tokenizer, with the file that it is about. */
function inOneSentence<Result>(folder: string, call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    const path = join(folder, 'tokenizer.json');
    throw new DataError('UNSUPPORTED', path, `is no tokenizer that can be used: ${(cause as Error).message}`, cause);
  }
}

/** What a call that computes gives, unless it takes longer. */
function inTime<Result>(call: () => Result, ms: number): Result {
  try {
    return runInNewContext('call()', { call }, { timeout: ms });
  } catch (cause) {
    if ((cause as { readonly code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause;
    throw new Error(`its regular expressions took longer than ${ms / 1000} s for this text`, { cause });
  }
}

/** The token for words that are not in the vocabulary. */
function unknownOf(words: unknown): string | null {
  const { unk_token: unknown } = (words as { readonly model?: { readonly unk_token?: unknown } | null }).model ?? {};
  return typeof unknown === 'string' ? unknown : null;
}

type Unknown = { readonly unknown: string | null; readonly id: number | undefined; readonly folder: string };

function numbered(
  ids: readonly (number | undefined)[],
  tokens: readonly string[],
  { unknown, id, folder }: Unknown,
): ReturnType<LoadedModel['encode']> {
  const strange = ids.indexOf(undefined);
  if (strange >= 0 && id === undefined)
    throw new DataError(
      'BAD_CELL',
      join(folder, 'tokenizer.json'),
      `has no number for the token ${show(tokens[strange])}, and no token for words that are unknown`,
    );
  return {
    ids: ids.map((own) => Number(own ?? id)),
    tokens: tokens.map((token, at) => (ids[at] === undefined ? unknown! : token)),
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
