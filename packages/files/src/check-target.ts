import { access, constants, stat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { DataError } from './data-error.ts';
import { printable } from './show.ts';
import { systemError } from './system-error.ts';
import { regularTarget } from './write-file-atomic.ts';

/**
 * Refuses a place that `writeFileAtomic` could not write to, or that holds one of the inputs: better before long work than after it.
 *
 * @param path    where a file will be written
 * @param inputs  files that are read; under any name and through any link they may not be written over
 * @throws DataError NOT_FOUND (the directory), UNWRITABLE, UNSUPPORTED
 *
 * @example
 * await writeFileAtomic('points.csv', '1,2\n3,4\n');
 * await checkTarget('model.json', ['points.csv']);
 * await expect(checkTarget('points.csv', ['points.csv'])).rejects.toThrow('points.csv');
 */
export async function checkTarget(path: string, inputs: readonly string[] = []): Promise<void> {
  // Only a directory can have such a name; where nothing is there yet the system would say so after the work.
  if (path.endsWith('/') || path.endsWith(sep))
    throw new DataError('UNSUPPORTED', path, 'names a directory, a file to write was due');
  const target = await regularTarget(path);
  await access(dirname(target), constants.W_OK).catch((cause) => {
    throw systemError(cause, path, 'UNWRITABLE');
  });
  const own = await fileId(target);
  for (const input of inputs) {
    if (own === null || own !== (await fileId(input))) continue;
    throw new DataError('UNSUPPORTED', path, `is the input ${printable(input)} itself, another file to write was due`);
  }
}

/** The same for two paths to one file; null where there is none. */
async function fileId(path: string): Promise<string | null> {
  return stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => null,
  );
}
