import type { CellType } from '@mixtention/core';
import { type ByteReader, openBytes } from './byte-reader.ts';
import { DataError } from './data-error.ts';
import { admitGaps, dropGaps, gapNotes } from './drop-gaps.ts';
import type { FilePlace } from './file-source.ts';
import { fileName } from './read-bytes.ts';
import type { ReadMatrixOptions } from './read-matrix.ts';
import { readRowParts } from './row-parts.ts';
import { type TemporaryFile, temporaryFile } from './temporary-file.ts';
import { appendLines, readLines } from './temporary-lines.ts';

/** A temporary file of numbers, and what the file said that it was made of. */
export type Converted = {
  readonly place: FilePlace;
  readonly columns: readonly string[] | null;
  readonly notes: readonly string[];
  /** What names the rows, one after another; null where nothing does. */
  readonly ids: (() => Iterable<string>) | null;
  remove(): void;
};

/**
 * Writes the rows of a file to a temporary one, as numbers that can be read from anywhere; whatever goes wrong, nothing of it stays.
 *
 * Cost: one pass, in a few megabytes.
 */
export async function convertFile(path: string, options: ReadMatrixOptions, directory?: string): Promise<Converted> {
  const bytes = await openBytes(path);
  try {
    return await convert(bytes, { path, options, directory });
  } finally {
    await bytes.close();
  }
}

async function convert(
  bytes: ByteReader,
  { path, options, directory }: { path: string; options: ReadMatrixOptions; directory: string | undefined },
): Promise<Converted> {
  const name = fileName(path);
  const { columns, notes, cols, parts } = await readRowParts(bytes, { path, name, options: admitGaps(options) });
  const file = temporaryFile(directory);
  let names: TemporaryFile | null = null;
  const remove = (): void => {
    file.remove();
    names?.remove();
  };
  try {
    let [rows, all] = [0, 0];
    let type: CellType = 'float64';
    for await (const read of parts) {
      const part = options.dropMissing ? dropGaps(read) : read;
      const { data } = part;
      type = data instanceof Float64Array ? 'float64' : 'float32';
      file.append(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      if (part.ids !== undefined) appendLines((names ??= temporaryFile(directory)), part.ids);
      rows += part.rows;
      all += read.rows;
    }
    const dropped = gapNotes(all - rows, all, name);
    if (rows === 0) throw new DataError('EMPTY', name, 'is empty, rows of numbers were due');
    const place = { path: file.path, name, offset: 0, type, rows, cols, ...file.stat() };
    const ids = names === null ? null : readLines(names.path, name);
    return { place, columns, notes: [...notes, ...dropped], ids, remove };
  } catch (cause) {
    remove();
    throw cause;
  }
}
