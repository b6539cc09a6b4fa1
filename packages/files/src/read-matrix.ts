import { checkOptions, fail } from '@mixtention/core/base';
import { takeChosen } from './choose-columns.ts';
import { DataError } from './data-error.ts';
import { decodeChosen } from './decode-chosen.ts';
import { admitGaps, dropGaps, gapNotes } from './drop-gaps.ts';
import { type FileFormat, FORMATS, formatOf, usualDelimiter } from './file-format.ts';
import type { FileMatrix } from './file-matrix.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { MAX_BYTES } from './limits.ts';
import { parseAmat } from './parse-amat.ts';
import { type CsvOptions, csvOptions, readCsv } from './parse-csv.ts';
import { idxLayout } from './parse-idx.ts';
import { npyLayout } from './parse-npy.ts';
import { fileName, readBytes } from './read-bytes.ts';

export type ReadMatrixOptions = CsvOptions & {
  /** Leaves out the rows in which a value is missing (an empty cell, `NA`, `null`, `?`, NaN); a note says how many there were. */
  readonly dropMissing?: boolean | undefined;
  /** Overrides what name and content say. */
  readonly format?: FileFormat | undefined;
  /** Cap in bytes on the file, and on what a gzip file unpacks to; 4 GiB by default. */
  readonly maxBytes?: number | undefined;
};

/**
 * Reads a matrix from a file, with one sentence about the first thing that is wrong with it.
 *
 * | file | content |
 * |---|---|
 * | `.npy` | NumPy array of one or two dimensions |
 * | `.csv` `.tsv` `.txt` | numbers apart by comma, semicolon, bar, tab, blanks (or `delimiter`), with or without a header line |
 * | `.idx` `*-ubyte` | IDX as of MNIST: an image becomes a row of pixels, a label a row of one column |
 * | `.amat` | zeros and ones, as of binarised MNIST |
 *
 * Each may be packed with gzip. Content decides for npy, IDX and gzip, the name for text. Sizes are checked before memory is taken; the length
 * must be exactly what a header promises; NaN and infinities are refused. `columns`, `exclude` and `id` choose columns by name or by number, from 0;
 * `missing` says in which of them values may be missing, and `dropMissing` leaves out the rows that lack one.
 *
 * @param path  the file; `-` is standard input
 * @returns `[N, D]`; float32 where it holds the file's values exactly, else float64; `columns` where a header names them, `ids` where `id` names a
 * column, `notes` where the file may mean something else than was read
 * @throws DataError with a stable `code`, naming file, row and column (from 0), and the line of a text (from 1)
 *
 * Cost: the file once in memory, and the matrix.
 *
 * @example
 * await writeFileAtomic('points.csv', 'x,y\n1,2\n3,4\n');
 * const { data, columns } = await readMatrix('points.csv');
 * data; // [1, 2, 3, 4]: 2 rows of 2 columns
 * columns; // ['x', 'y']
 * const { cols, ids } = await readMatrix('points.csv', { id: 'x' });
 * cols; // 1
 * ids; // ['1', '3']
 */
export async function readMatrix(path: string, options: ReadMatrixOptions = {}): Promise<FileMatrix> {
  checkOptions('files/readMatrix', options, [...csvOptions, 'format', 'maxBytes', 'dropMissing']);
  const { maxBytes = MAX_BYTES } = options;
  checkReading('files/readMatrix', path, options);
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) {
    fail('files/readMatrix', 'BAD_OPTION', `maxBytes is ${maxBytes}, a whole number of bytes was due`);
  }
  const cap = Math.min(maxBytes, MAX_BYTES);
  const packed = await readBytes(path, cap);
  const name = fileName(path);
  const bytes = isGzip(packed) ? await gunzip(packed, name, cap) : packed;
  if (bytes.length === 0) throw new DataError('EMPTY', name, 'is empty, rows of numbers were due');
  const matrix = parse(bytes, { path, name }, admitGaps(options));
  if (!options.dropMissing) return matrix;
  const whole = dropGaps(matrix);
  const notes = [...(matrix.notes ?? []), ...gapNotes(matrix.rows - whole.rows, matrix.rows, name)];
  return { ...whole, ...(notes.length > 0 && { notes }) };
}

/** Refuses what a file cannot be read by, whoever reads it. */
export function checkReading(
  where: string,
  path: string,
  { format, header = 'auto', missing, dropMissing = false }: ReadMatrixOptions,
): void {
  if (typeof path !== 'string') fail(where, 'BAD_OPTION', `the path is ${String(path)}, a text was due`);
  if (header !== 'auto' && typeof header !== 'boolean')
    fail(where, 'BAD_OPTION', `header is ${String(header)}, true, false or "auto" was due`);
  if (missing !== undefined && typeof missing !== 'function')
    fail(where, 'BAD_OPTION', `missing is ${String(missing)}, a function of a column was due`);
  if (typeof dropMissing !== 'boolean')
    fail(where, 'BAD_OPTION', `dropMissing is ${String(dropMissing)}, true or false was due`);
  if (format !== undefined && !FORMATS.includes(format))
    fail(where, 'BAD_OPTION', `format is "${format}", one of ${FORMATS.join(', ')} was due`);
}

function parse(
  bytes: Buffer,
  { path, name }: { readonly path: string; readonly name: string },
  options: ReadMatrixOptions,
): FileMatrix {
  const format = options.format ?? formatOf(bytes, path, name);
  switch (format) {
    case 'npy':
      return decodeChosen(bytes, npyLayout(bytes, name), { name, options });
    case 'idx':
      return decodeChosen(bytes, idxLayout(bytes, name), { name, options });
    case 'amat':
      return takeChosen(parseAmat(bytes, name), options, name);
    case 'csv':
      return readCsv(bytes, name, options, usualDelimiter(path));
    default:
      throw format satisfies never;
  }
}
