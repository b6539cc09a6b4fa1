import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Cells, CellType, Source, Spec } from '@mixtention/core';
import { DataError } from './data-error.ts';
import { systemError } from './system-error.ts';

/** Where the rows of a matrix lie in a file, row after row in the byte order of this machine; plain data, so that every thread can read them. */
export type FilePlace = {
  readonly path: string;
  /** What messages call it: a temporary file goes by the name of what it was made of. */
  readonly name: string;
  /** Of the first number, in bytes. */
  readonly offset: number;
  readonly type: CellType;
  readonly rows: number;
  readonly cols: number;
  /** Of the whole file, in bytes. */
  readonly size: number;
  /** When it was written last, in nanoseconds since 1970. */
  readonly mtime: string;
};

/** Node refuses to read 2 GiB and more in one call. */
const CHUNK = 2 ** 28;

// Without it a pipe in the place of the file would be waited for.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads rows where they are used; the file is opened for each part, so that nothing needs to be closed in other threads.
 *
 * @throws DataError UNREADABLE where the file has changed since it was opened
 */
export function fileSource(place: FilePlace): Source {
  const { path, name, offset, type, rows, cols } = place;
  const rowBytes = (into: Cells): number => cols * into.BYTES_PER_ELEMENT;
  return {
    spec: fileSpec(place),
    rows,
    cols,
    type,
    read(first, count, into) {
      const bytes = bytesOf(into, count * rowBytes(into));
      try {
        const fd = openSync(path, FLAGS);
        try {
          readFully(fd, bytes, offset + first * rowBytes(into), name);
          checkUnchanged(fstatSync(fd, { bigint: true }), place);
        } finally {
          closeSync(fd);
        }
      } catch (cause) {
        throw cause instanceof DataError ? cause : systemError(cause, name, 'UNREADABLE');
      }
    },
    async readAhead(first, count, into) {
      const bytes = bytesOf(into, count * rowBytes(into));
      const handle = await open(path, FLAGS);
      try {
        for (let at = 0; at < bytes.length; ) {
          const length = Math.min(CHUNK, bytes.length - at);
          const { bytesRead } = await handle.read(bytes, at, length, offset + first * rowBytes(into) + at);
          if (bytesRead === 0) throw changed(name);
          at += bytesRead;
        }
        checkUnchanged(await handle.stat({ bigint: true }), place);
      } finally {
        await handle.close();
      }
    },
  };
}

/** The sources of this package by name: what a worker builds one from. */
export const sources: { readonly file: typeof fileSource } = { file: fileSource };

function fileSpec(place: FilePlace): Spec {
  return { kind: 'source', name: 'file', module: '@mixtention/files', from: import.meta.url, config: place };
}

function bytesOf(cells: Cells, length: number): Uint8Array {
  return new Uint8Array(cells.buffer, cells.byteOffset, length);
}

function readFully(fd: number, bytes: Uint8Array, position: number, name: string): void {
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(fd, bytes, at, Math.min(CHUNK, bytes.length - at), position + at);
    if (read === 0) throw changed(name);
    at += read;
  }
}

function checkUnchanged(
  now: { readonly size: bigint; readonly mtimeNs: bigint },
  { size, mtime, name }: FilePlace,
): void {
  if (now.size !== BigInt(size) || String(now.mtimeNs) !== mtime) throw changed(name);
}

function changed(name: string): DataError {
  return new DataError('UNREADABLE', name, 'has changed since it was opened; open it again');
}
