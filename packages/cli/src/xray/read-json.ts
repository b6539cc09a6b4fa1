import { DataError, readBytes } from '@mixtention/files';

/** Largest JSON file of a model that is read: tokenizers of 250,000 words take 20 MB. */
const MAX_BYTES = 200e6;

/** What a JSON file holds. @throws DataError NOT_FOUND, TOO_LARGE, BAD_HEADER */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readBytes(path, MAX_BYTES);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new DataError('BAD_HEADER', path, 'is no JSON', cause);
  }
}
