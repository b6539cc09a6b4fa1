import { constants, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { counted } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import { gzipError, isGzip, trailing } from './gunzip.ts';
import { FREE_UNZIPPED, MAX_RATIO } from './limits.ts';
import { fileName, STDIN } from './read-bytes.ts';
import { systemError } from './system-error.ts';

/** Bytes of a file one after another, unpacked. */
export type ByteReader = {
  /** The next bytes: so many, or fewer at the end. They are the caller's. */
  take(length: number): Promise<Buffer>;
  /** Puts bytes back, to be taken again. */
  giveBack(bytes: Buffer): void;
  /** Any number of times; what is not read is left. */
  close(): Promise<void>;
};

const CHUNK = 2 ** 22;

/**
 * Reads a file, or standard input for `-`, from its beginning to its end, in one pass and a few megabytes; gzip is unpacked on the way.
 *
 * @throws (as it is read) DataError NOT_FOUND, UNREADABLE, UNSUPPORTED, BAD_GZIP, TRUNCATED, TRAILING, TOO_LARGE
 */
export async function openBytes(path: string): Promise<ByteReader> {
  const name = fileName(path);
  const raw = readerOf(path === STDIN ? stdinChunks() : fileChunks(path));
  const start = await raw.take(2).catch(async (cause) => {
    await raw.close();
    throw cause;
  });
  raw.giveBack(start);
  return isGzip(start) ? readerOf(unpacked(raw, name)) : raw;
}

/** A reader of bytes that come in any pieces. */
export function readerOf(chunks: AsyncGenerator<Buffer, void, void>): ByteReader {
  let held: Buffer[] = [];
  let length = 0;
  return {
    async take(wanted) {
      while (length < wanted) {
        const { value, done } = await chunks.next();
        if (done) break;
        held.push(value);
        length += value.length;
      }
      const all = held.length === 1 ? held[0]! : Buffer.concat(held);
      const rest = all.subarray(wanted);
      held = rest.length > 0 ? [rest] : [];
      length = rest.length;
      return all.subarray(0, wanted);
    },
    giveBack(bytes) {
      if (bytes.length === 0) return;
      held.unshift(bytes);
      length += bytes.length;
    },
    close: async () => void (await chunks.return()),
  };
}

async function* fileChunks(path: string): AsyncGenerator<Buffer, void, void> {
  // Without O_NONBLOCK opening a pipe would wait for a writer, perhaps for ever.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause) => {
    throw systemError(cause, path, 'UNREADABLE');
  });
  try {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) {
      const what = before.isDirectory() ? 'a directory' : 'no regular file';
      throw new DataError('UNSUPPORTED', path, `is ${what}, a data file was due`);
    }
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK);
      if (bytesRead === 0) break;
      yield chunk.subarray(0, bytesRead);
    }
    const after = await handle.stat({ bigint: true });
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs)
      throw new DataError('UNREADABLE', path, 'changed while it was read; read it again');
  } catch (cause) {
    throw cause instanceof DataError ? cause : systemError(cause, path, 'UNREADABLE');
  } finally {
    await handle.close();
  }
}

async function* stdinChunks(): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const part of process.stdin as AsyncIterable<Buffer>) yield part;
  } catch (cause) {
    throw systemError(cause, fileName(STDIN), 'UNREADABLE');
  }
}

/** What a gzip file holds; its size is only bounded by its ratio, since it goes to a disk. */
async function* unpacked(packed: ByteReader, name: string): AsyncGenerator<Buffer, void, void> {
  const engine = createGunzip({ chunkSize: 2 ** 20 });
  let given = 0;
  const feed = async function* (): AsyncGenerator<Buffer, void, void> {
    for (let part = await packed.take(CHUNK); part.length > 0; part = await packed.take(CHUNK)) {
      given += part.length;
      yield part;
    }
  };
  const source = Readable.from(feed(), { objectMode: false });
  source.on('error', (cause) => engine.destroy(cause));
  source.pipe(engine);
  let made = 0;
  try {
    for await (const part of engine as AsyncIterable<Buffer>) {
      made += part.length;
      if (made > Math.max(FREE_UNZIPPED, given * MAX_RATIO)) {
        const sizes = `${counted(given, 'byte')} of gzip unpack to more than ${counted(made, 'byte')}`;
        throw new DataError('TOO_LARGE', name, `${sizes}, ${MAX_RATIO} times as many are read`);
      }
      yield part;
    }
    if (engine.bytesWritten < given) throw trailing(given - engine.bytesWritten, name);
  } catch (cause) {
    throw cause instanceof DataError ? cause : gzipError(cause, name);
  } finally {
    engine.destroy();
    await packed.close();
  }
}
