import { fail } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import { type Cursor, scanNumber } from './scan-number.ts';
import { quoted } from './show.ts';
import { CR, endOfLine, SPACE, TAB } from './text.ts';

export const QUOTE = 0x22;

/** What separates cells: one byte, or runs of spaces and tabs. */
export type Separator = { readonly byte: number; readonly blanks: boolean };

/** The first line of a CSV file: how wide it is, the names if it is a header, and where rows begin. */
export type FirstLine = { readonly cols: number; readonly names: readonly string[] | null; readonly next: number };

const UNUSABLE = /[0-9A-Za-z+\-."\r\n]/;

/** A delimiter option as a byte; a space stands for any run of spaces and tabs. */
export function separator(delimiter: string): Separator {
  if (delimiter.length !== 1 || delimiter > '\u007e' || UNUSABLE.test(delimiter)) {
    fail(
      'files/readMatrix',
      'BAD_OPTION',
      `delimiter is ${quoted(delimiter)}, one character as "," ";" "|" tab or space was due`,
    );
  }
  return { byte: delimiter.charCodeAt(0), blanks: delimiter === ' ' };
}

/** Whether a byte is a space or a tab. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** Index of the first byte from `at` on that is no blank; a tab that separates cells is none. */
export function skipBlanks(text: Buffer, at: number, by: Separator): number {
  let next = at;
  while (text[next] === SPACE || (text[next] === TAB && by.byte !== TAB)) next++;
  return next;
}

/** The cells of one line as text, trimmed; a quoted cell may hold the delimiter and doubled quotes. */
export function splitCells(line: string, by: Separator): string[] {
  if (by.blanks)
    return trimmed(line) === ''
      ? []
      : trimmed(line)
          .split(/[ \t]+/)
          .map(unquoted);
  const delimiter = String.fromCharCode(by.byte);
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const end = endOfCell(line, at, delimiter);
    cells.push(unquoted(trimmed(line.slice(at, end))));
    at = end + 1;
  }
  return cells.length === 1 && cells[0] === '' ? [] : cells;
}

/**
 * Reads the first line, and decides whether it is a header: under `auto` one that holds a word and no number.
 *
 * A damaged row must not pass for a header, and be lost: hence no number, and a word that does not begin as numbers do, in whatever script.
 */
export function readFirstLine(text: Buffer, by: Separator, header: boolean | 'auto', name: string): FirstLine {
  const end = endOfLine(text, 0, name);
  const line = text.toString('utf8', 0, end);
  const cells = splitCells(line, by);
  const numbers = cells.filter(isNumber).length;
  const word = cells.findIndex((cell) => cell !== '' && !isNumber(cell));
  const isHeader = header === 'auto' ? numbers === 0 && cells.some((cell) => /^[^-+−.\p{Number}]/u.test(cell)) : header;
  if (!isHeader) {
    if (header === 'auto' && word >= 0) {
      const hint = 'a number was due (if this line names the columns, say so with the option header)';
      throw new DataError('BAD_CELL', name, `row 1, column ${word + 1} is ${quoted(cells[word]!)}, ${hint}`);
    }
    return { cols: cells.length, names: null, next: 0 };
  }
  if (line.includes('\ufffd'))
    throw new DataError('BAD_HEADER', name, 'line 1 names columns in bytes that are not UTF-8');
  const open = cells.find((cell) => cell.startsWith('"'));
  if (open !== undefined)
    throw new DataError('BAD_HEADER', name, `line 1 opens a quote that it does not close, at ${quoted(open)}`);
  return { cols: cells.length, names: cells, next: end + (text[end] === CR ? 2 : 1) };
}

/** The error of a cell that is not a finite number. */
export function cellError(where: string, cell: string, name: string): DataError {
  if (cell === '') return new DataError('BAD_CELL', name, `${where} is empty, a number was due`);
  if (!isNumber(cell)) return new DataError('BAD_CELL', name, `${where} is ${quoted(cell)}, a number was due`);
  return new DataError('NOT_FINITE', name, `${where} is ${quoted(cell)}, a finite number was due`);
}

/** Whether a cell is written as a number, NaN and infinities included. */
function isNumber(cell: string): boolean {
  if (/^[+-]?(nan|inf|infinity)$/i.test(cell)) return true;
  const cursor: Cursor = { text: Buffer.from(cell), at: 0 };
  return !Number.isNaN(scanNumber(cursor)) && cursor.at === cursor.text.length;
}

/** Index of the delimiter that ends the cell at `start`; an unclosed quote reaches to the end of the line. */
function endOfCell(line: string, start: number, delimiter: string): number {
  let at = start;
  while (line[at] === ' ') at++;
  if (line[at] === '"') {
    at++;
    for (; at < line.length; at++) {
      if (line[at] !== '"') continue;
      if (line[at + 1] !== '"') break;
      at++;
    }
  }
  const end = line.indexOf(delimiter, at);
  return end < 0 ? line.length : end;
}

/** The content of a cell in quotes; any other cell as it is. */
function unquoted(cell: string): string {
  const isQuoted = cell.length >= 2 && cell.startsWith('"') && cell.endsWith('"');
  return isQuoted ? trimmed(cell.slice(1, -1).replaceAll('""', '"')) : cell;
}

/** Without the blanks around it. Not `trim`, which also takes what the scanner refuses; not a pattern, which would backtrack on long runs. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
