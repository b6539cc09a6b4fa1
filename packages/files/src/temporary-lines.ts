import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { systemError } from './system-error.ts';
import type { TemporaryFile } from './temporary-file.ts';

/** Bytes that are read in one go. */
const PART_BYTES = 2 ** 18;

/** Adds texts that hold no line ends. */
export function appendLines(file: TemporaryFile, lines: readonly string[]): void {
  file.append(Buffer.from(lines.map((line) => `${line}\n`).join('')));
}

/**
 * The texts again, one after another, as often as somebody begins anew; a part of the file is in memory.
 *
 * @param name  what messages call it
 */
export function readLines(path: string, name: string): () => Iterable<string> {
  return function* () {
    const fd = attempt(() => openSync(path, 'r'), name);
    try {
      const decoder = new StringDecoder('utf8');
      const bytes = Buffer.alloc(PART_BYTES);
      let rest = '';
      for (let at = 0; ; ) {
        const read = attempt(() => readSync(fd, bytes, 0, PART_BYTES, at), name);
        if (read === 0) return;
        at += read;
        const lines = `${rest}${decoder.write(bytes.subarray(0, read))}`.split('\n');
        rest = lines.pop()!;
        yield* lines;
      }
    } finally {
      closeSync(fd);
    }
  };
}

function attempt<Result>(call: () => Result, name: string): Result {
  try {
    return call();
  } catch (cause) {
    throw systemError(cause, name, 'UNREADABLE');
  }
}
