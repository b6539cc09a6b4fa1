import type { ByteReader } from './byte-reader.ts';
import { type ColumnChoice, chooseColumns, gapsOf, ID, pickColumns } from './choose-columns.ts';
import { DataError } from './data-error.ts';
import { bytesOf, decode, type PromisedLayout } from './decode.ts';
import { formatOf, usualDelimiter } from './file-format.ts';
import type { FileMatrix } from './file-matrix.ts';
import { checkLength, checkShape } from './limits.ts';
import { readBits, widthAt } from './parse-amat.ts';
import { readForm, readRows } from './parse-csv.ts';
import { idxLayout } from './parse-idx.ts';
import { MAX_HEADER, npyLayout } from './parse-npy.ts';
import type { ReadMatrixOptions } from './read-matrix.ts';
import { ragged, trimmedText } from './text.ts';
import { headOf, textParts, textReader } from './text-parts.ts';

/** Rows of a file, some at a time and all of one type, in order; with what names them, where `id` says so. */
export type RowParts = {
  readonly cols: number;
  readonly columns: readonly string[] | null;
  readonly notes: readonly string[];
  readonly parts: AsyncIterable<FileMatrix>;
};

export type Reading = {
  readonly path: string;
  readonly name: string;
  readonly options: ReadMatrixOptions;
  /** Bytes that are looked at in one go. */
  readonly partBytes?: number;
};

const PART_BYTES = 2 ** 22;

/** The rows of a file as `readMatrix` reads them, in one pass. */
export async function readRowParts(bytes: ByteReader, reading: Reading): Promise<RowParts> {
  const { path, name, options } = reading;
  const start = await bytes.take(MAX_HEADER + 12);
  bytes.giveBack(start);
  if (start.length === 0) throw new DataError('EMPTY', name, 'is empty, rows of numbers were due');
  switch (options.format ?? formatOf(start, path, name)) {
    case 'csv':
      return csvParts(await textReader(bytes), reading);
    case 'amat':
      return amatParts(await textReader(bytes), reading);
    case 'npy':
      return binaryParts(bytes, npyLayout(start, name), reading);
    case 'idx':
      return binaryParts(bytes, idxLayout(start, name), reading);
  }
}

async function csvParts(
  bytes: ByteReader,
  { path, name, options, partBytes = PART_BYTES }: Reading,
): Promise<RowParts> {
  const text = await startText(bytes, name);
  const { form, next, notes } = readForm(text, name, options, usualDelimiter(path));
  await bytes.take(next);
  const { choice } = form;
  const parts = async function* (): AsyncGenerator<FileMatrix, void, void> {
    let first = 0;
    for await (const part of textParts(bytes, name, partBytes)) {
      const ids: string[] | null = choice?.places.includes(ID) ? [] : null;
      const rows = readRows(part, first, form, ids);
      first += rows.rows;
      yield ids === null ? rows : { ...rows, ids };
    }
  };
  const columns = choice === null ? form.names : choice.names;
  return { cols: choice?.width ?? form.cols, columns, notes, parts: parts() };
}

async function amatParts(bytes: ByteReader, { name, options, partBytes = PART_BYTES }: Reading): Promise<RowParts> {
  const text = await startText(bytes, name);
  const cols = widthAt(text, 0, name);
  if (cols === 0) throw ragged('row 0 (counted from 0; line 1)', 0, 1, name);
  checkShape(1, cols, name);
  const choice = chooseColumns(options, { names: null, cols, name });
  const parts = async function* (): AsyncGenerator<FileMatrix, void, void> {
    let first = 0;
    for await (const part of textParts(bytes, name, partBytes)) {
      const rows = readBits(part, { first, cols, name });
      first += rows.rows;
      yield pick(rows, choice, name);
    }
  };
  return { cols: choice?.width ?? cols, columns: null, notes: [], parts: parts() };
}

/** The beginning of a text without the byte order mark, which is passed over. */
async function startText(bytes: ByteReader, name: string): Promise<Buffer> {
  const head = await headOf(bytes);
  const text = trimmedText(head, name);
  await bytes.take(text.byteOffset - head.byteOffset);
  return text;
}

function binaryParts(
  bytes: ByteReader,
  layout: PromisedLayout,
  { name, options, partBytes = PART_BYTES }: Reading,
): RowParts {
  const { rows, cols, fortran, type, offset, length, promise } = layout;
  if (fortran && rows > 1 && cols > 1) {
    const sentence = 'lies column by column (Fortran order), which cannot be read row by row; save it in C order';
    throw new DataError('UNSUPPORTED', name, sentence);
  }
  const choice = chooseColumns(options, { names: null, cols, name });
  const gaps = gapsOf(options, choice, { names: null, cols });
  const rowBytes = cols * bytesOf(type);
  const size = Math.max(1, Math.floor(partBytes / rowBytes));
  const parts = async function* (): AsyncGenerator<FileMatrix, void, void> {
    await bytes.take(offset);
    for (let first = 0; first < rows; first += size) {
      const count = Math.min(size, rows - first);
      const part = await bytes.take(count * rowBytes);
      if (part.length < count * rowBytes) checkLength(offset + first * rowBytes + part.length, length, promise, name);
      const data = decode(part, { ...layout, offset: 0, rows: count, fortran: false }, { name, first, gaps });
      yield pick({ data, rows: count, cols }, choice, name);
    }
    checkLength(length + (await bytes.take(PART_BYTES)).length, length, promise, name);
  };
  return { cols: choice?.width ?? cols, columns: null, notes: [], parts: parts() };
}

function pick(rows: FileMatrix, choice: ColumnChoice | null, name: string): FileMatrix {
  return choice === null ? rows : pickColumns(rows, choice, name);
}
