import { extname } from 'node:path';
import { DataError } from './data-error.ts';
import { isGzip } from './gunzip.ts';
import { isIdx } from './parse-idx.ts';
import { isNpy } from './parse-npy.ts';
import { STDIN } from './read-bytes.ts';

export type FileFormat = 'npy' | 'csv' | 'idx' | 'amat';

export const FORMATS: readonly FileFormat[] = ['npy', 'csv', 'idx', 'amat'];

/** Delimiters that names of text files let expect; `.txt` as `numpy.savetxt` writes it. */
const DELIMITERS: ReadonlyMap<string, string> = new Map([
  ['.csv', ','],
  ['.tsv', '\t'],
  ['.txt', ' '],
]);

/** The delimiter that the name of a file lets expect. */
export function usualDelimiter(path: string): string {
  return DELIMITERS.get(extensionOf(path)) ?? ',';
}

/**
 * The format by content, then by extension.
 *
 * @param bytes  the file, unpacked, or its beginning
 */
export function formatOf(bytes: Buffer, path: string, name: string): FileFormat {
  if (isNpy(bytes)) return 'npy';
  if (isIdx(bytes)) return 'idx';
  if (isGzip(bytes)) throw new DataError('UNSUPPORTED', name, 'is gzip inside gzip, one layer is read');
  if (bytes.toString('latin1', 0, 4) === 'PK\u0003\u0004') {
    throw new DataError('UNSUPPORTED', name, 'is a zip archive (as .npz and .xlsx are), a .npy or text file was due');
  }
  const extension = extensionOf(path);
  if (extension === '.npy') return 'npy';
  if (extension === '.idx' || /[-.](idx\d-)?ubyte$/i.test(name.replace(/\.gz$/i, ''))) return 'idx';
  if (extension === '.amat') return 'amat';
  if (DELIMITERS.has(extension)) return 'csv';
  const known = '.npy, .csv, .tsv, .txt, .idx, .amat, each also as .gz';
  throw new DataError('UNSUPPORTED', name, `is of no known kind (${known}); the option format names one`);
}

function extensionOf(path: string): string {
  return path === STDIN ? '.csv' : extname(path.replace(/\.gz$/i, '')).toLowerCase();
}
