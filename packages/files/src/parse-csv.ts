import { checkOptions, fail } from '@mixtention/core/base';
import { type ColumnChoice, type ColumnOptions, chooseColumns, gapsOf, ID, SKIPPED } from './choose-columns.ts';
import { findDelimiter } from './csv-delimiter.ts';
import {
  cellError,
  cellOf,
  formatHint,
  isBlank,
  isMissing,
  isNumber,
  QUOTE,
  type Separator,
  separator,
  skipBlanks,
  skipCell,
  splitCells,
} from './csv-line.ts';
import { checkFirst, decodeText, readTop } from './csv-top.ts';
import { DataError } from './data-error.ts';
import type { FileMatrix } from './file-matrix.ts';
import { allocate, checkShape } from './limits.ts';
import { type Cursor, POINT, scanNumber } from './scan-number.ts';
import { quoted } from './show.ts';
import { CR, countLines, endOfLine, LF, ragged, roomFor, wholeText } from './text.ts';

/** Columns of texts that a message lists. */
const MOST_LISTED = 8;

export type CsvOptions = ColumnOptions & {
  /** One character; a space stands for any run of spaces and tabs. By default what stands between the numbers: `;` `|` tab, or else `,`. */
  readonly delimiter?: string | undefined;
  /** The mark before the fraction of a number: `.` (default) or `,`. */
  readonly decimal?: '.' | ',' | undefined;
  /** Whether the first line names the columns; by default it does when it holds a word and no number. */
  readonly header?: boolean | 'auto' | undefined;
};

export const csvOptions: readonly (keyof CsvOptions)[] = [
  'delimiter',
  'decimal',
  'header',
  'columns',
  'exclude',
  'id',
  'missing',
];

/** How the rows of a text are written, and what a message needs to name a cell. */
export type CsvForm = {
  readonly by: Separator;
  readonly point: number;
  /** Cells of a row of the file. */
  readonly cols: number;
  readonly choice: ColumnChoice | null;
  /** 1 for each column of the file whose values may be missing. */
  readonly gaps: Uint8Array | null;
  readonly names: readonly string[] | null;
  /** Lines of the file before the rows. */
  readonly lines: number;
  readonly name: string;
};

/** Some rows of a text; `first` is the number of the first. */
type Body = CsvForm & { readonly text: Buffer; readonly first: number };

/**
 * A matrix from comma-separated numbers, in float64.
 *
 * Every cell of a column that is taken must be a finite decimal number (it may stand in quotes) and every row as wide as the first line. A first
 * line of words is a header and gives `columns`; one that mixes words and numbers is refused, since it may as well be a damaged row, and so are
 * words for missing values (`NA`, `null`, `?`) but where `missing` allows them. Lines that begin with `#` before the rows are comments, of which the last may name the columns.
 * Blank lines are allowed at the end only.
 *
 * @param bytes  the file, UTF-8, with or without byte order mark; lines end in LF, CR LF or CR
 * @param name  the file, as messages shall call it
 * @param options  how the text is written, and which columns are taken
 * @returns `[N, D]`
 * @throws DataError naming row and column, both counted from 0, and the line, counted from 1; BAD_OPTION for an unknown option
 *
 * Cost: two passes over the bytes; memory 8·N·D.
 *
 * @example
 * const { data, columns } = parseCsv(new TextEncoder().encode('x,y\n1,2\n3,4\n'), 'points.csv');
 * data; // [1, 2, 3, 4]
 * columns; // ['x', 'y']
 */
export function parseCsv(bytes: Uint8Array, name: string, options: CsvOptions = {}): FileMatrix {
  checkOptions('files/parseCsv', options, csvOptions);
  return readCsv(bytes, name, options, ',');
}

/** The same, its options checked; `usual` is the delimiter that the name of the file lets expect. */
export function readCsv(bytes: Uint8Array, name: string, options: CsvOptions, usual: string): FileMatrix {
  const whole = wholeText(bytes, name);
  const { form, next, notes } = readForm(whole, name, options, usual);
  const { choice } = form;
  const ids: string[] | null = choice?.places.includes(ID) ? [] : null;
  const { data, rows, cols } = readRows(whole.subarray(next), 0, form, ids);
  const columns = choice === null ? form.names : choice.names;
  return {
    data,
    rows,
    cols,
    ...(columns !== null && { columns }),
    ...(ids !== null && { ids }),
    ...(notes.length > 0 && { notes }),
  };
}

/**
 * How a text is written: what its first lines say.
 *
 * @param whole  the text, or so much of its beginning that comments, header and some rows are in it
 * @returns the form, where the rows begin, and what a reader should know
 */
export function readForm(
  whole: Buffer,
  name: string,
  options: CsvOptions,
  usual: string,
): { readonly form: CsvForm; readonly next: number; readonly notes: readonly string[] } {
  const { decimal = '.', header = 'auto' } = options;
  if (decimal !== '.' && decimal !== ',')
    fail('files/readMatrix', 'BAD_OPTION', `decimal is ${quoted(String(decimal))}, "." or "," was due`);
  const by = separator(options.delimiter ?? findDelimiter(whole, { usual, decimal, name }));
  const setting = { by, header, point: decimal.charCodeAt(0), name };
  const top = readTop(whole, setting);
  const { cols, names, lines, notes } = top;
  if (top.next >= whole.length) throw new DataError('EMPTY', name, 'holds a header and no rows');
  if (cols === 0) throw ragged(`row 0 (counted from 0; line ${lines + 1})`, 0, 1, name);
  checkShape(1, cols, name);
  const choice = chooseColumns(options, { names, cols, name });
  checkFirst(top, whole, { setting, isKept: (column) => choice === null || choice.places[column]! >= 0 });
  const gaps = gapsOf(options, choice, { names, cols });
  return { form: { by, point: setting.point, cols, choice, gaps, names, lines, name }, next: top.next, notes };
}

/**
 * Rows of a text.
 *
 * @param text   whole lines, of which the last may lack its end
 * @param first  the number of the first row
 * @param ids    texts of the column of ids are added to it
 * @throws DataError naming row, column and line
 */
export function readRows(text: Buffer, first: number, form: CsvForm, ids: string[] | null): FileMatrix {
  const cols = form.choice?.width ?? form.cols;
  const data = allocate('float64', roomFor(text, countLines(text), cols, form.gaps !== null), form.name);
  const rows = fill(data, ids, { ...form, text, first });
  return { data: data.length === rows * cols ? data : data.subarray(0, rows * cols), rows, cols };
}

/** Fills in all rows, and says how many there are. */
function fill(data: Float32Array | Float64Array, ids: string[] | null, body: Body): number {
  const { text, cols, choice, gaps } = body;
  const width = choice?.width ?? cols;
  const cursor: Cursor = { text, at: 0 };
  let row = 0;
  for (; cursor.at < text.length; row++) {
    const start = cursor.at;
    for (let column = 0; ; column++) {
      const place = choice === null ? column : (choice.places[column] ?? SKIPPED);
      const begin = cursor.at;
      const value = place >= 0 ? scanCell(cursor, body) : passCell(cursor, body, place === ID ? ids : null);
      const isGap = Number.isNaN(value) && gaps?.[column] === 1 && passGap(cursor, begin, body);
      const byte = text[cursor.at];
      const isLast = byte === undefined || byte === LF || (byte === CR && text[cursor.at + 1] === LF);
      if (!(Number.isFinite(value) || isGap) || !(isLast || isSeparated(cursor, body.by)))
        throw badCell(body, start, row, column);
      if (column >= cols || (isLast && column < cols - 1)) throw badWidth(body, start, row);
      if (place >= 0) data[row * width + place] = value;
      if (!isLast) continue;
      cursor.at += byte === CR ? 2 : 1;
      break;
    }
  }
  return row;
}

/** The number in a cell, the blanks and quotes around it taken away; NaN when there is none. */
function scanCell(cursor: Cursor, { text, by, point }: Body): number {
  cursor.at = skipBlanks(text, cursor.at, by);
  const isQuoted = text[cursor.at] === QUOTE;
  if (isQuoted) cursor.at = skipBlanks(text, cursor.at + 1, by);
  // Where one mark parts cells and numbers, only a number in quotes can hold it.
  const value = scanNumber(cursor, isQuoted || point !== by.byte ? point : POINT);
  if (isQuoted) {
    cursor.at = skipBlanks(text, cursor.at, by);
    if (text[cursor.at] !== QUOTE) return Number.NaN;
    cursor.at++;
  }
  cursor.at = skipBlanks(text, cursor.at, by);
  return value;
}

/** Passes over a cell that is no number of the matrix, and keeps what it says when it is an id; 0, or NaN where a quote is not closed. */
function passCell(cursor: Cursor, { text, by }: Body, ids: string[] | null): number {
  const start = cursor.at;
  let end = skipCell(text, start, by);
  if (end > start && text[end - 1] === CR && text[end] === LF) end--;
  cursor.at = by.blanks ? skipBlanks(text, end, by) : end;
  const isQuoted = text[skipBlanks(text, start, by)] === QUOTE;
  if (!isQuoted && ids === null) return 0;
  const cell = decodeText(text.subarray(start, end)).trim();
  ids?.push(cellOf(cell));
  return isQuoted && !(cell.length > 1 && cell.endsWith('"')) ? Number.NaN : 0;
}

/** Passes over the cell at `begin` where it says that its value is missing; a blank line, which has no cells, does not. */
function passGap(cursor: Cursor, begin: number, body: Body): boolean {
  const kept: string[] = [];
  cursor.at = begin;
  const isClosed = !Number.isNaN(passCell(cursor, body, kept));
  return isClosed && isMissing(kept[0]!) && !(body.cols === 1 && cursor.at === begin);
}

/** Whether a separator stands at the cursor, which moves behind it; blanks have been passed already. */
function isSeparated(cursor: Cursor, by: Separator): boolean {
  return by.blanks ? isBlank(cursor.text[cursor.at - 1]) : cursor.text[cursor.at++] === by.byte;
}

function badCell(body: Body, start: number, at: number, column: number): DataError {
  const cells = cellsAt(body, start);
  if (column >= body.cols || cells.length === 0) return badWidth(body, start, at);
  const { names, lines } = body;
  const row = body.first + at;
  const label = names === null ? '' : ` ${quoted(names[column]!)}`;
  const where = `row ${row}, column ${column}${label} (counted from 0; line ${row + 1 + lines})`;
  if ((body.choice?.places[column] ?? 0) < 0)
    return new DataError('BAD_CELL', body.name, `${where} opens a quote that its line does not close`);
  // A text in the first row is no damage: the whole column will be of texts.
  return cellError(where, cells[column] ?? '', { ...body, hint: row === 0 ? textsHint(body, cells) : '' });
}

/** A text in the first row is no damage: its whole column will be of texts, and so are others. */
function textsHint({ names, choice, point }: Body, cells: readonly string[]): string {
  if (names === null) return '';
  const isText = (cell: string, column: number): boolean =>
    (choice?.places[column] ?? 0) >= 0 && !isNumber(cell, point) && !isMissing(cell) && formatHint(cell, point) === '';
  const texts = names.filter((_, column) => isText(cells[column] ?? '', column));
  if (texts.length < 2) return ' (the options exclude and id take a column of texts out)';
  const listed = texts.slice(0, MOST_LISTED).map(quoted).join(', ');
  const more = texts.length > MOST_LISTED ? ` and ${texts.length - MOST_LISTED} more` : '';
  return ` (the options exclude and id take columns of texts out: ${listed}${more})`;
}

function badWidth(body: Body, start: number, at: number): DataError {
  const row = body.first + at;
  const where = `row ${row} (counted from 0; line ${row + 1 + body.lines})`;
  return ragged(where, cellsAt(body, start).length, body.cols, body.name);
}

function cellsAt({ text, by, name }: Body, start: number): string[] {
  return splitCells(text.toString('utf8', start, endOfLine(text, start, name)), by);
}
