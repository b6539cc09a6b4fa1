import { fail } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import { type Cursor, POINT, scanNumber } from './scan-number.ts';
import { quoted } from './show.ts';
import { LF, SPACE, TAB } from './text.ts';

export const QUOTE = 0x22;

/** What separates cells: one byte, or runs of spaces and tabs. */
export type Separator = { readonly byte: number; readonly blanks: boolean };

const UNUSABLE = /[0-9A-Za-z+\-."\r\n]/;

/** Parts of a cell that are looked at for numbers apart by blanks. */
const MOST_PARTS = 4;

/** Words that stand for a value that is not there. */
const MISSING = /^(?:#?n\/?a|null|nil|none|missing|[?.]|-+)$/i;

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

/** Index of the byte behind the cell at `at`, whatever is in it: its delimiter, the end of its line, or the end of the text. */
export function skipCell(text: Buffer, at: number, by: Separator): number {
  let next = skipBlanks(text, at, by);
  if (text[next] === QUOTE) {
    for (next++; next < text.length && text[next] !== LF; next++) {
      if (text[next] !== QUOTE) continue;
      if (text[next + 1] !== QUOTE) break;
      next++;
    }
  }
  const ends = (byte: number): boolean => byte === LF || (by.blanks ? isBlank(byte) : byte === by.byte);
  while (next < text.length && !ends(text[next]!)) next++;
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
    cells.push(cellOf(line.slice(at, end)));
    at = end + 1;
  }
  return cells.length === 1 && cells[0] === '' ? [] : cells;
}

/** What a cell holds: without the blanks and quotes around it. */
export function cellOf(text: string): string {
  return unquoted(trimmed(text));
}

/** The error of a cell that is not a finite number; `hint` goes with a text. */
export function cellError(
  where: string,
  cell: string,
  { name, point, hint = '' }: { readonly name: string; readonly point: number; readonly hint?: string },
): DataError {
  if (cell === '') return new DataError('BAD_CELL', name, `${where} is empty, a number was due`);
  if (isNumber(cell, point))
    return new DataError('NOT_FINITE', name, `${where} is ${quoted(cell)}, a finite number was due`);
  if (isMissingWord(cell))
    return new DataError('BAD_CELL', name, `${where} is ${quoted(cell)}, a missing value; a number was due`);
  return new DataError(
    'BAD_CELL',
    name,
    `${where} is ${quoted(cell)}, a number was due${formatHint(cell, point) || hint}`,
  );
}

/** What to say of a cell that is a number with the other decimal mark, numbers apart by blanks, or a quote that nothing closes; else nothing. */
export function formatHint(cell: string, point: number): string {
  const other = point === POINT ? ',' : '.';
  const [whole, fraction, ...more] = cell.split(other);
  const isDecimal = more.length === 0 && /^[-+]?\d*$/.test(whole!) && /^\d+(?:e[-+]?\d+)?$/i.test(fraction ?? '');
  if (isDecimal) return ` (if it has a decimal ${quoted(other)}, say so with the option decimal ${quoted(other)})`;
  if (cell.startsWith('"') && cell.split('"').length % 2 === 0) return ' (its quote is not closed on this line)';
  const parts = cell.split(/[ \t]+/, MOST_PARTS);
  return parts.length > 1 && parts.every((part) => isNumber(part, point))
    ? ' (if blanks stand between numbers, say so with the option delimiter " ")'
    : '';
}

/** Whether a cell is written as a number, NaN and infinities included. */
export function isNumber(cell: string, point: number): boolean {
  if (/^[+-]?(nan|inf|infinity)$/i.test(cell)) return true;
  const cursor: Cursor = { text: Buffer.from(cell), at: 0 };
  return !Number.isNaN(scanNumber(cursor, point)) && cursor.at === cursor.text.length;
}

/** Whether a cell is one of the words for a value that is not there. */
export function isMissingWord(cell: string): boolean {
  return MISSING.test(cell);
}

/** Whether a cell says that its value is missing: by nothing, a word, or NaN. */
export function isMissing(cell: string): boolean {
  return cell === '' || /^[-+]?nan$/i.test(cell) || isMissingWord(cell);
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
