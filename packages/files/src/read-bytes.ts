import { constants, type FileHandle, open } from 'node:fs/promises';
import { counted } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import { allocateBytes } from './limits.ts';
import { systemError } from './system-error.ts';

/** One read call asks for at most this: Node refuses 2 GiB and more. */
const CHUNK = 2 ** 28;

/** The path of standard input, and of standard output. */
export const STDIN = '-';

/** A path as messages call it. */
export function fileName(path: string): string {
  return path === STDIN ? 'standard input' : path;
}

/**
 * The bytes of a regular file, its size checked before room is made; of standard input for `-`.
 *
 * @param maxBytes  cap on the size
 * @throws DataError NOT_FOUND, UNREADABLE, UNSUPPORTED (a directory, pipe or device), TOO_LARGE, TRUNCATED (it shrank meanwhile)
 * and UNREADABLE too where its size or time of writing has changed meanwhile: half of it might be old
 *
 * @example
 * await writeFileAtomic('note.txt', 'short');
 * const bytes = await readBytes('note.txt', 1000);
 * bytes.toString(); // 'short'
 */
export async function readBytes(path: string, maxBytes: number): Promise<Buffer> {
  if (path === STDIN) return readStdin(maxBytes);
  // Without O_NONBLOCK opening a pipe would wait for a writer, perhaps for ever.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause) => {
    throw systemError(cause, path, 'UNREADABLE');
  });
  try {
    return await readAll(handle, path, maxBytes);
  } catch (cause) {
    throw cause instanceof DataError ? cause : systemError(cause, path, 'UNREADABLE');
  } finally {
    await handle.close();
  }
}

async function readAll(handle: FileHandle, path: string, maxBytes: number): Promise<Buffer> {
  const stats = await handle.stat({ bigint: true });
  const size = Number(stats.size);
  if (!stats.isFile()) {
    throw new DataError(
      'UNSUPPORTED',
      path,
      `is ${stats.isDirectory() ? 'a directory' : 'no regular file'}, a data file was due`,
    );
  }
  if (size > maxBytes) {
    throw new DataError(
      'TOO_LARGE',
      path,
      `has ${counted(size, 'byte')}, at most ${counted(maxBytes, 'byte')} are read`,
    );
  }
  const bytes = allocateBytes(size, path);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK, bytes.length - at), at);
    if (bytesRead === 0) throw new DataError('TRUNCATED', path, 'became shorter while it was read');
    at += bytesRead;
  }
  const after = await handle.stat({ bigint: true });
  if (after.size !== stats.size || after.mtimeNs !== stats.mtimeNs)
    throw new DataError('UNREADABLE', path, 'changed while it was read; read it again');
  return bytes;
}

async function readStdin(maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of process.stdin as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length > maxBytes)
        throw new DataError(
          'TOO_LARGE',
          fileName(STDIN),
          `goes on beyond ${counted(maxBytes, 'byte')}, the most that is read`,
        );
    }
  } catch (cause) {
    throw cause instanceof DataError ? cause : systemError(cause, fileName(STDIN), 'UNREADABLE');
  }
  // An array of its own, since parts of small input lie in a pool that others use.
  const whole = allocateBytes(length, fileName(STDIN));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
