import { DataError, type DataErrorCode } from './data-error.ts';

/** What the operating system's codes mean to a person. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'not permitted'],
  ['EISDIR', 'it is a directory'],
  ['ENOTDIR', 'a part of its path is no directory'],
  ['ENOSPC', 'no space left on the device'],
  ['EROFS', 'the file system is read-only'],
  ['EMFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ELOOP', 'its links go round in a circle'],
]);

/** A failed call to the operating system as one sentence, which may end in a hint; the original is kept as `cause`. */
export function systemError(cause: unknown, name: string, code: DataErrorCode, hint = ''): DataError {
  const { code: errno, message } = cause as NodeJS.ErrnoException;
  if (errno === 'ENOENT') {
    const isWrite = code === 'UNWRITABLE';
    return new DataError(
      'NOT_FOUND',
      name,
      `${isWrite ? 'the directory to write it to does not exist' : 'no such file'}${hint}`,
      cause,
    );
  }
  const verb = code === 'UNWRITABLE' ? 'written' : 'read';
  return new DataError(code, name, `cannot be ${verb}: ${REASONS.get(errno ?? '') ?? message}${hint}`, cause);
}
