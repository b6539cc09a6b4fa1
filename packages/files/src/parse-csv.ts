import { checkOptions } from '@mixtention/core/base';
import {
  cellError,
  isBlank,
  QUOTE,
  readFirstLine,
  type Separator,
  separator,
  skipBlanks,
  splitCells,
} from './csv-line.ts';
import { DataError } from './data-error.ts';
import type { FileMatrix } from './file-matrix.ts';
import { allocate, checkShape } from './limits.ts';
import { type Cursor, scanNumber } from './scan-number.ts';
import { CR, countLines, endOfLine, LF, ragged, roomFor, trimmedText } from './text.ts';

export type CsvOptions = {
  /** One character, `,` by default; a space stands for any run of spaces and tabs. */
  readonly delimiter?: string | undefined;
  /** Whether the first line names the columns; by default it does when it holds a word and no number. */
  readonly header?: boolean | 'auto' | undefined;
};

/** The rows of a text: what a message needs to name a cell. */
type Body = {
  readonly text: Buffer;
  readonly by: Separator;
  readonly cols: number;
  readonly headerLines: number;
  readonly name: string;
};

/**
 * A matrix from comma-separated numbers, in float64.
 *
 * Every cell must be a finite decimal number (it may stand in quotes) and every row as wide as the first line. A first line of words is a
 * header and gives `columns`; one that mixes words and numbers is refused, since it may as well be a damaged row. Blank lines are allowed
 * at the end only.
 *
 * @param bytes  the file, UTF-8, with or without byte order mark; lines end in LF or CR LF
 * @param name  the file, as messages shall call it
 * @returns `[N, D]`
 * @throws DataError naming row and column, both counted from 1; BAD_OPTION for an unknown option
 *
 * Cost: two passes over the bytes; memory 8·N·D.
 *
 * @example
 * const { data, columns } = parseCsv(new TextEncoder().encode('x,y\n1,2\n3,4\n'), 'points.csv');
 * data; // [1, 2, 3, 4]
 * columns; // ['x', 'y']
 */
export function parseCsv(bytes: Uint8Array, name: string, options: CsvOptions = {}): FileMatrix {
  checkOptions('files/parseCsv', options, ['delimiter', 'header']);
  const by = separator(options.delimiter ?? ',');
  const whole = trimmedText(bytes, name);
  const { cols, names, next } = readFirstLine(whole, by, options.header ?? 'auto', name);
  const text = whole.subarray(next);
  if (text.length === 0) throw new DataError('EMPTY', name, 'holds a header and no rows');
  const rows = countLines(text);
  if (cols === 0) throw ragged('row 1', 0, 1, name);
  checkShape(rows, cols, name);
  const data = allocate('float64', roomFor(text, rows, cols), name);
  fill(data, { text, by, cols, headerLines: names === null ? 0 : 1, name });
  return names === null ? { data, rows, cols } : { data, rows, cols, columns: names };
}

function fill(data: Float32Array | Float64Array, body: Body): void {
  const { text, cols } = body;
  const cursor: Cursor = { text, at: 0 };
  let filled = 0;
  for (let row = 0; cursor.at < text.length; row++) {
    const start = cursor.at;
    for (let column = 0; ; column++) {
      const value = scanCell(cursor, body);
      const byte = text[cursor.at];
      const isLast = byte === undefined || byte === LF || (byte === CR && text[cursor.at + 1] === LF);
      if (!Number.isFinite(value) || !(isLast || isSeparated(cursor, body.by))) throw badCell(body, start, row, column);
      if (column >= cols || (isLast && column < cols - 1)) throw badWidth(body, start, row);
      data[filled++] = value;
      if (!isLast) continue;
      cursor.at += byte === CR ? 2 : 1;
      break;
    }
  }
}

/** The number in a cell, the blanks and quotes around it taken away; NaN when there is none. */
function scanCell(cursor: Cursor, { text, by }: Body): number {
  cursor.at = skipBlanks(text, cursor.at, by);
  const isQuoted = text[cursor.at] === QUOTE;
  if (isQuoted) cursor.at = skipBlanks(text, cursor.at + 1, by);
  const value = scanNumber(cursor);
  if (isQuoted) {
    cursor.at = skipBlanks(text, cursor.at, by);
    if (text[cursor.at] !== QUOTE) return Number.NaN;
    cursor.at++;
  }
  cursor.at = skipBlanks(text, cursor.at, by);
  return value;
}

/** Whether a separator stands at the cursor, which moves behind it; blanks have been passed already. */
function isSeparated(cursor: Cursor, by: Separator): boolean {
  return by.blanks ? isBlank(cursor.text[cursor.at - 1]) : cursor.text[cursor.at++] === by.byte;
}

function badCell(body: Body, start: number, row: number, column: number): DataError {
  const cells = cellsAt(body, start);
  if (column >= body.cols || cells.length === 0) return badWidth(body, start, row);
  return cellError(`${named(body, row)}, column ${column + 1}`, cells[column] ?? '', body.name);
}

function badWidth(body: Body, start: number, row: number): DataError {
  return ragged(named(body, row), cellsAt(body, start).length, body.cols, body.name);
}

function cellsAt({ text, by, name }: Body, start: number): string[] {
  return splitCells(text.toString('utf8', start, endOfLine(text, start, name)), by);
}

function named({ headerLines }: Body, row: number): string {
  return headerLines === 0 ? `row ${row + 1}` : `row ${row + 1} (line ${row + 1 + headerLines})`;
}
