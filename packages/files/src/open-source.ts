import type { Source } from '@mixtention/core';
import { checkOptions, fail } from '@mixtention/core/base';
import { convertFile } from './convert-file.ts';
import { fileSource } from './file-source.ts';
import { findInPlace } from './find-in-place.ts';
import { csvOptions } from './parse-csv.ts';
import { checkReading, type ReadMatrixOptions } from './read-matrix.ts';

export type OpenSourceOptions = Omit<ReadMatrixOptions, 'maxBytes'> & {
  /** Where the temporary file lies that text is converted to; by default the system's directory (`TMPDIR`). */
  readonly directory?: string | undefined;
};

/** Rows of a file, read where they are used. */
export type OpenSource = Source & {
  /** What a reader of the file should know, as of `readMatrix`. */
  readonly notes: readonly string[];
  /** What names the rows, one after another from the first, where `id` says which column; null where it does not. */
  readonly ids: (() => Iterable<string>) | null;
  /** Gives the temporary file back, where there is one; nobody can read the rows afterwards. May be called any number of times. */
  close(): void;
};

/**
 * Opens a file whose rows are read where they are used, shard by shard and pass by pass: for tables that are larger than memory.
 *
 * Numbers that lie in the file as this machine holds them (`.npy` of float64, float32 or integers of 1 to 4 bytes, row after row; IDX of bytes)
 * are read from there. Everything else (text, gzip, standard input, other byte orders, chosen columns, float numbers of which `dropMissing` leaves rows
 * out) is converted once to a temporary file of 8 or 4 bytes a number, as strictly as `readMatrix` reads it, in one pass and a few megabytes of memory.
 * The file must not change while it is in use: reading it is refused then.
 *
 * @param path     the file; `-` is standard input
 * @param options  as of `readMatrix`; the texts of the column that `id` names lie in a temporary file too
 * @returns the source, for every fit, and for `dataset`; close it when no fit needs it any more. At the end of the process it is closed anyway
 * @throws DataError as `readMatrix` does, and UNWRITABLE where the temporary file cannot be written; NaN and infinities in numbers that are
 * read in place are found by the first pass over them
 *
 * Cost: nothing but a look at the header, or one pass over the text.
 *
 * @example
 * await writeFileAtomic('large.csv', 'x,y\n1,2\n3,4\n5,6\n');
 * const source = await openSource('large.csv');
 * source.rows; // 3
 * source.close();
 */
export async function openSource(path: string, options: OpenSourceOptions = {}): Promise<OpenSource> {
  const where = 'files/openSource';
  checkOptions(where, options, [...csvOptions, 'format', 'directory', 'dropMissing']);
  const { directory, ...reading } = options;
  checkReading(where, path, reading);
  if (directory !== undefined && typeof directory !== 'string')
    fail(where, 'BAD_OPTION', `directory is ${String(directory)}, a text was due`);
  const inPlace = findInPlace(path, reading);
  if (inPlace !== null) return { ...fileSource(inPlace), notes: [], ids: null, close() {} };
  const { place, columns, notes, ids, remove } = await convertFile(path, reading, directory);
  return { ...fileSource(place), ...(columns !== null && { columns }), notes, ids, close: remove };
}
