import { readFile, stat } from 'node:fs/promises';
import { fail, MixtentionError, MixtureModel } from '@mixtention/core';
import { writeFileAtomic } from '@mixtention/core/files';

/** A model file larger than this is refused before it is read. */
const MOST_BYTES = 1 << 30;

/** Reads a model that `fit --out` wrote. */
export async function readModel(path: string): Promise<MixtureModel> {
  const text = await stat(path)
    .then((file) => {
      if (file.size > MOST_BYTES)
        fail('cli/model', 'BAD_MODEL', `${path} has ${file.size} bytes, ${MOST_BYTES} at most were due`);
      return readFile(path, 'utf8');
    })
    .catch((cause: NodeJS.ErrnoException) => {
      if (cause instanceof MixtentionError) throw cause;
      return fail('cli/model', 'BAD_MODEL', `${path} cannot be read (${cause.code ?? cause.message})`, cause);
    });
  try {
    return MixtureModel.fromJSON(text);
  } catch (cause) {
    return fail(
      'cli/model',
      'BAD_MODEL',
      `${path} is not a model that fit --out wrote: ${(cause as Error).message}`,
      cause,
    );
  }
}

/** Writes a model whole or not at all. */
export async function writeModel(path: string, model: MixtureModel): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(model)}\n`);
}
