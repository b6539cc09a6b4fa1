import { counted, countedWas } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import { MAX_LINE } from './limits.ts';

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
const HASH = 0x23;

/** A text file without byte order mark and without the line ends after its last line. */
export function trimmedText(bytes: Uint8Array, name: string): Buffer {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((text[0] === 0xff && text[1] === 0xfe) || (text[0] === 0xfe && text[1] === 0xff)) {
    throw new DataError('UNSUPPORTED', name, 'is UTF-16 text, UTF-8 was due');
  }
  const start = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;
  let end = text.length;
  while (end > start && (text[end - 1] === LF || text[end - 1] === CR)) end--;
  if (end === start) throw new DataError('EMPTY', name, 'is empty, rows of numbers were due');
  return text.subarray(start, end);
}

/** Whether lines end in CR alone, as old spreadsheets write them: there is no LF, and more than one line. */
export function endsInCr(text: Buffer): boolean {
  return !text.includes(LF) && text.includes(CR);
}

/** A copy whose lines end in LF, of a text whose lines end in CR. */
export function withLf(text: Buffer): Buffer {
  const copy = Buffer.from(text);
  for (let at = copy.indexOf(CR); at >= 0; at = copy.indexOf(CR, at + 1)) copy[at] = LF;
  return copy;
}

/** The trimmed text of a whole file; lines that end in CR alone end in LF. */
export function wholeText(bytes: Uint8Array, name: string): Buffer {
  const text = trimmedText(bytes, name);
  // The line ends behind the last line, which are cut off, tell too.
  return endsInCr(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) ? withLf(text) : text;
}

/** Index just behind the line that starts at `start`: of its CR LF, its LF, or the end of the text. */
export function endOfLine(text: Buffer, start: number, name: string): number {
  const found = text.indexOf(LF, start);
  let end = found < 0 ? text.length : found;
  if (end > start && text[end - 1] === CR) end--;
  if (end - start > MAX_LINE) {
    throw new DataError(
      'TOO_LARGE',
      name,
      `has a line of ${counted(end - start, 'byte')}, at most ${counted(MAX_LINE, 'byte')} are read`,
    );
  }
  return end;
}

/** The line that starts at `start`, without its end. */
export function lineAt(text: Buffer, start: number, name: string): string {
  return text.toString('utf8', start, endOfLine(text, start, name));
}

/** Where the line behind the one at `start` begins. */
export function nextLine(text: Buffer, start: number, name: string): number {
  const end = endOfLine(text, start, name);
  return end + (text[end] === CR ? 2 : 1);
}

/** Whether the line at `start` is a comment: `#`, as `numpy.savetxt` puts before its header. */
export function isComment(text: Buffer, start: number): boolean {
  let at = start;
  while (text[at] === SPACE || text[at] === TAB) at++;
  return text[at] === HASH;
}

/** Lines of a trimmed text. */
export function countLines(text: Buffer): number {
  let lines = 1;
  for (let at = text.indexOf(LF); at >= 0; at = text.indexOf(LF, at + 1)) lines++;
  return lines;
}

/**
 * Cells to make room for. A cell takes a character and a separator, so a short file cannot ask for more than half its length,
 * whatever its first line and its number of lines would make; than its length where cells may be empty.
 */
export function roomFor(text: Buffer, rows: number, cols: number, mayBeEmpty = false): number {
  return Math.min(rows * cols, Math.floor((text.length + 1) / (mayBeEmpty ? 1 : 2)));
}

/** The error of a row whose width differs from that of the first line. */
export function ragged(row: string, cells: number, cols: number, name: string): DataError {
  const came = cells === 0 ? 'is blank' : `has ${counted(cells, 'cell')}`;
  return new DataError('RAGGED', name, `${row} ${came}, ${countedWas(cols, 'cell')} due`);
}
