import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemError } from './system-error.ts';

/** A file of this process: nobody else needs to see it, and it is gone with the process or before. */
export type TemporaryFile = {
  /** By which any thread of this process opens it. */
  readonly path: string;
  append(bytes: Uint8Array): void;
  /** Its size and time of writing. */
  stat(): { readonly size: number; readonly mtime: string };
  /** Any number of times. */
  remove(): void;
};

/**
 * An empty file that is readable by this process alone.
 *
 * Where the system names open files, as Linux does, it has no name from the first moment on, so that its space is free however the process ends;
 * elsewhere it is removed at exit.
 *
 * @param directory  where it lies; by default that of the system (`TMPDIR`)
 * @throws DataError UNWRITABLE, NOT_FOUND
 */
export function temporaryFile(directory?: string): TemporaryFile {
  const place = directory ?? tmpdir();
  const named = join(place, `.mixtention-${randomBytes(8).toString('hex')}.tmp`);
  const hint = directory === undefined ? '; TMPDIR names another place for it' : '';
  const fail = (cause: unknown): never => {
    throw systemError(cause, `the temporary file of rows in ${place}`, 'UNWRITABLE', hint);
  };
  const fd = attempt(() => openSync(named, 'wx+', 0o600), fail);
  const open = `/proc/self/fd/${fd}`;
  const isNameless = existsSync(open);
  const unlink = (): void => rmSync(named, { force: true });
  if (isNameless) unlink();
  else process.once('exit', unlink);
  let isOpen = true;
  return {
    path: isNameless ? open : named,
    append(bytes) {
      attempt(() => {
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, Math.min(2 ** 28, bytes.length - at));
      }, fail);
    },
    stat() {
      const { size, mtimeNs } = fstatSync(fd, { bigint: true });
      return { size: Number(size), mtime: String(mtimeNs) };
    },
    remove() {
      if (!isOpen) return;
      isOpen = false;
      closeSync(fd);
      if (isNameless) return;
      process.off('exit', unlink);
      unlink();
    },
  };
}

function attempt<Result>(call: () => Result, fail: (cause: unknown) => never): Result {
  try {
    return call();
  } catch (cause) {
    return fail(cause);
  }
}
