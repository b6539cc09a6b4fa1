import { MixtentionError, MixtureModel } from '@mixtention/core';
import { printable, readBytes, writeFileAtomic } from '@mixtention/core/files';

/** A model file larger than this is refused before it is read. */
const MOST_BYTES = 1 << 30;

/** Reads a model that `fit --out` wrote. */
export async function readModel(path: string): Promise<MixtureModel> {
  const bytes = await readBytes(path, MOST_BYTES);
  try {
    return MixtureModel.fromJSON(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^\[core\] \w+: /, '');
    throw new MixtentionError('BAD_MODEL', `${printable(path)}: is no model that fit --out wrote: ${reason}`, {
      cause,
    });
  }
}

/** Writes a model whole or not at all. */
export async function writeModel(path: string, model: MixtureModel): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(model)}\n`);
}
