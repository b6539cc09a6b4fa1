import { formatHint, isMissingWord, isNumber, type Separator, separator, splitCells } from './csv-line.ts';
import { DataError } from './data-error.ts';
import { quoted } from './show.ts';
import { endOfLine, isComment, lineAt, nextLine } from './text.ts';

/** What stands before the rows of a CSV file, and what it says of them. */
export type Top = {
  /** Cells of the first line that is no comment. */
  readonly cols: number;
  readonly names: readonly string[] | null;
  /** Where the rows begin. */
  readonly next: number;
  /** Lines before the rows. */
  readonly lines: number;
  /** The first row, when it is for the caller to tell whether it may be one: it mixes words and numbers, or may name the columns. */
  readonly first: readonly string[];
  readonly notes: readonly string[];
};

export type TopSetting = {
  readonly by: Separator;
  readonly header: boolean | 'auto';
  /** Byte of the decimal mark. */
  readonly point: number;
  readonly name: string;
};

/** Cells shown of a line that may be a header. */
const SHOWN = 4;
/** Numbers from here on may be years. */
const LEAST_YEAR = 1000;
/** Rows that a first line of numbers is compared with. */
const COMPARED = 100;

/**
 * Reads comments and header.
 *
 * Lines that begin with `#` are comments; the last of them names the columns when it has as many words as the first row cells, as `numpy.savetxt`
 * writes it. Under `auto` a line is a header that holds a word and no number. A damaged row must not pass for one, and be lost: hence no number,
 * a word that does not begin as numbers do, in whatever script, and not only words for missing values.
 */
export function readTop(text: Buffer, setting: TopSetting): Top {
  const { by, header, point, name } = setting;
  const comments = readComments(text, name);
  const { next: start } = comments;
  if (start >= text.length) throw new DataError('EMPTY', name, 'holds comments and no rows');
  const first = splitCells(decoded(text, start, name), by);
  const commented = header === false ? null : namesIn(comments.last, first.length, setting);
  const isHeader = header === 'auto' ? isNames(first, point) : header && (commented === null || isNames(first, point));
  if (isHeader) {
    const notes = [...passedOver(comments.lines), ...latin(text, start, name)];
    return {
      ...headed(first, comments.lines + 1, name),
      next: nextLine(text, start, name),
      lines: comments.lines + 1,
      first: [],
      notes,
    };
  }
  const notes = commented === null ? passedOver(comments.lines) : passedOver(comments.lines - 1);
  if (commented === null && header === 'auto') notes.push(...doubt(text, first, { ...setting, comments }));
  return { cols: first.length, names: commented, next: start, lines: comments.lines, first, notes };
}

/** Refuses a first row that is rather a header: it has a word where a number is due, or above a number. */
export function checkFirst(
  { first, next, names, lines }: Top,
  text: Buffer,
  { setting: { by, header, point, name }, isKept }: { setting: TopSetting; isKept: (column: number) => boolean },
): void {
  if (header !== 'auto' || names !== null) return;
  const second = nextLine(text, next, name);
  const below = second < text.length ? splitCells(lineAt(text, second, name), by) : [];
  const word = first.findIndex(
    (cell, c) =>
      cell !== '' && !isNumber(cell, point) && !isMissingWord(cell) && (isKept(c) || isNumber(below[c] ?? '', point)),
  );
  if (word < 0) return;
  const where = `row 0, column ${word} (counted from 0; line ${lines + 1})`;
  const hint = formatHint(first[word]!, point) || ' (if this line names the columns, say so with the option header)';
  throw new DataError('BAD_CELL', name, `${where} is ${quoted(first[word]!)}, a number was due${hint}`);
}

type Comments = { readonly last: string | null; readonly lines: number; readonly next: number };

function readComments(text: Buffer, name: string): Comments {
  let last: string | null = null;
  let lines = 0;
  let next = 0;
  for (; next < text.length && isComment(text, next); next = nextLine(text, next, name)) {
    last = decoded(text, next, name);
    lines++;
  }
  return { last, lines, next };
}

/** The names in a comment, apart as the rows or by commas; null unless there is a word for every column. */
function namesIn(comment: string | null, cols: number, { by, point }: TopSetting): readonly string[] | null {
  if (comment === null) return null;
  const content = comment.slice(comment.indexOf('#') + 1);
  for (const separate of [by, separator(',')]) {
    const names = splitCells(content, separate);
    if (names.length === cols && isNames(names, point)) return names;
  }
  return null;
}

function isNames(cells: readonly string[], point: number): boolean {
  return (
    !cells.some((cell) => isNumber(cell, point)) &&
    cells.some((cell) => /^[^-+−.,\p{Number}]/u.test(cell) && !isMissingWord(cell))
  );
}

function headed(
  cells: readonly string[],
  line: number,
  name: string,
): { readonly cols: number; readonly names: readonly string[] } {
  const open = cells.find((cell) => cell.startsWith('"'));
  if (open !== undefined)
    throw new DataError('BAD_HEADER', name, `line ${line} opens a quote that it does not close, at ${quoted(open)}`);
  return { cols: cells.length, names: cells };
}

/** Whether a first line of numbers may be a header: years, numbers of columns, or whole numbers above such as are not. */
function doubt(
  text: Buffer,
  first: readonly string[],
  { by, point, name, comments }: TopSetting & { readonly comments: Comments },
): string[] {
  const numbers = first.map((cell) => (cell === '' ? Number.NaN : Number(cell)));
  if (!numbers.every((value) => Number.isSafeInteger(value)) || new Set(numbers).size < numbers.length) return [];
  const rows: string[][] = [];
  let at = nextLine(text, comments.next, name);
  for (; at < text.length && rows.length < COMPARED; at = nextLine(text, at, name))
    rows.push(splitCells(lineAt(text, at, name), by));
  const isRun = (cells: readonly number[]): boolean =>
    cells.every((value, i) => i === 0 || value === cells[i - 1]! + 1);
  // Two bits are a run as often as not.
  const isLong = numbers.length > 2 || (numbers.length === 2 && numbers[0]! >= LEAST_YEAR);
  const runs = isLong && isRun(numbers) && rows.some((row) => !isRun(row.map(Number)));
  const isFraction = (cell = ''): boolean => isNumber(cell, point) && !/^[-+]?\d+$/.test(cell);
  const above = rows.length > 1 && numbers.every((_, c) => rows.every((row) => isFraction(row[c])));
  if (!runs && !above) return [];
  const shown = `${first.slice(0, SHOWN).join(', ')}${first.length > SHOWN ? ', …' : ''}`;
  return [
    `line ${comments.lines + 1} (${shown}) is taken for a row; if it names the columns, say so with the option header`,
  ];
}

function passedOver(lines: number): string[] {
  if (lines < 1) return [];
  return [
    `${lines === 1 ? 'line 1 begins' : `lines 1 to ${lines} begin`} with # and ${lines === 1 ? 'is' : 'are'} passed over`,
  ];
}

function latin(text: Buffer, start: number, name: string): string[] {
  const isUtf8 = !lineAt(text, start, name).includes('\ufffd');
  return isUtf8 ? [] : ['the names of columns are not UTF-8; they are read as Windows-1252'];
}

/** A line as text; where it is not UTF-8, as older spreadsheets write it. */
function decoded(text: Buffer, start: number, name: string): string {
  return decodeText(text.subarray(start, endOfLine(text, start, name)));
}

/** Text in UTF-8, or else in Windows-1252, in which every byte is a character. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? new TextDecoder('windows-1252').decode(bytes) : text;
}
