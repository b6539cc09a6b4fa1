import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from './data-error.ts';
import { systemError } from './system-error.ts';

/** What is written: whole, or part by part as parts come. */
export type FileContent = string | Uint8Array | Iterable<string> | AsyncIterable<string | Uint8Array>;

/**
 * Writes a file whole or not at all.
 *
 * The bytes go to a new file in the same directory, are flushed to the disk, and take the old file's place by rename; whatever happens,
 * `path` holds the old content or the new, and no temporary file stays behind unless the process itself is killed.
 *
 * @param path  a regular file or nothing yet; a symbolic link is followed
 * @param data  the whole content, or its parts one after the other; text is written as UTF-8
 * @throws DataError NOT_FOUND (the directory), UNWRITABLE, UNSUPPORTED (a directory or device)
 *
 * @example
 * import { readFile } from 'node:fs/promises';
 * await writeFileAtomic('model.json', JSON.stringify({ weights: [0.4, 0.6] }));
 * JSON.parse(await readFile('model.json', 'utf8')); // { weights: [0.4, 0.6] }
 */
export async function writeFileAtomic(path: string, data: FileContent): Promise<void> {
  const parts = typeof data === 'string' || data instanceof Uint8Array ? [data] : data;
  await replaceFile(path, async (handle) => {
    for await (const part of parts) await handle.writeFile(part);
  });
}

/** Lets `fill` write a new file and puts it in the place of `path` when it returns; when it throws nothing has changed. */
export async function replaceFile(path: string, fill: (handle: FileHandle) => Promise<void>): Promise<void> {
  const target = await regularTarget(path);
  const temporary = join(dirname(target), `.mixtention-${randomBytes(8).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx').catch((cause) => {
    throw systemError(cause, path, 'UNWRITABLE');
  });
  try {
    await fillAndSync(handle, fill);
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw isSystemError(cause) ? systemError(cause, path, 'UNWRITABLE') : cause;
  }
  await syncDirectory(dirname(target));
}

async function fillAndSync(handle: FileHandle, fill: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await fill(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The file that `path` leads to; renaming over a device or directory would destroy or fail. */
export async function regularTarget(path: string): Promise<string> {
  const target = await realpath(path).catch((cause) => {
    if (cause.code === 'ENOENT') return path;
    throw systemError(cause, path, 'UNWRITABLE');
  });
  const stats = await stat(target).catch(() => null);
  if (stats === null || stats.isFile()) return target;
  throw new DataError(
    'UNSUPPORTED',
    path,
    `is ${stats.isDirectory() ? 'a directory' : 'no regular file'}, a file to write was due`,
  );
}

/** Makes the rename itself durable; Windows cannot open directories and needs no such call. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}
