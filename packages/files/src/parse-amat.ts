import { DataError } from './data-error.ts';
import type { FileMatrix } from './file-matrix.ts';
import { allocate, checkShape } from './limits.ts';
import { quoted } from './show.ts';
import { CR, countLines, endOfLine, LF, ragged, roomFor, SPACE, wholeText } from './text.ts';

const ZERO = 0x30;

/**
 * A matrix of zeros and ones from the text format of the binarised MNIST files: `0 1 0 …`, one image a line, in float32.
 *
 * @param bytes  the file: digits 0 and 1 apart by spaces, lines ended by LF, CR LF or CR; every line as wide as the first
 * @param name  the file, as messages shall call it
 * @returns `[N, D]`
 * @throws DataError naming row and column, both counted from 0, and the line, counted from 1
 *
 * Cost: two passes over the bytes; memory 4·N·D.
 * Source: Larochelle & Murray, The neural autoregressive distribution estimator (2011), whose split of MNIST is kept in this format.
 *
 * @example
 * const matrix = parseAmat(new TextEncoder().encode('0 1 1\n1 0 0\n'), 'tiny.amat');
 * matrix.data; // [0, 1, 1, 1, 0, 0]: 2 rows of 3 columns
 */
export function parseAmat(bytes: Uint8Array, name: string): FileMatrix {
  const text = wholeText(bytes, name);
  const rows = countLines(text);
  const cols = widthAt(text, 0, name);
  if (cols === 0) throw ragged('row 0 (counted from 0; line 1)', 0, 1, name);
  checkShape(rows, cols, name);
  return readBits(text, { first: 0, cols, name });
}

/**
 * Rows of zeros and ones.
 *
 * @param text   whole lines, of which the last may lack its end
 * @param first  the number of the first row
 */
export function readBits(text: Buffer, { first, cols, name }: Bits): FileMatrix {
  const data = allocate('float32', roomFor(text, countLines(text), cols), name);
  let rows = 0;
  for (let start = 0; start < text.length; rows++) {
    const end = fillRow(data, rows * cols, text, start, cols);
    if (end < 0) throw badRow(text, start, first + rows, cols, name);
    start = end;
  }
  return { data: data.length === rows * cols ? data : data.subarray(0, rows * cols), rows, cols };
}

/** What is known of all rows. */
type Bits = { readonly first: number; readonly cols: number; readonly name: string };

/** Fills one row; returns where the next line starts, or −1 when this one is not `cols` digits 0 and 1. */
function fillRow(data: Float32Array | Float64Array, offset: number, text: Buffer, start: number, cols: number): number {
  const length = text.length;
  let at = start;
  for (let column = 0; column < cols; column++) {
    while (at < length && text[at] === SPACE) at++;
    const digit = at < length ? text[at++]! - ZERO : -1;
    if (digit !== 0 && digit !== 1) return -1;
    if (at < length && text[at]! > SPACE) return -1;
    data[offset + column] = digit;
  }
  while (at < length && text[at] === SPACE) at++;
  if (at < length && text[at] === CR) at++;
  return at >= length || text[at] === LF ? at + 1 : -1;
}

function badRow(text: Buffer, start: number, row: number, cols: number, name: string): DataError {
  const cells = cellsAt(text, start, name);
  const column = cells.findIndex((cell) => cell !== '0' && cell !== '1');
  if (column < 0 || column >= cols)
    return ragged(`row ${row} (counted from 0; line ${row + 1})`, cells.length, cols, name);
  const where = `row ${row}, column ${column} (counted from 0; line ${row + 1})`;
  return new DataError('BAD_CELL', name, `${where} is ${quoted(cells[column]!)}, 0 or 1 was due`);
}

/** Digits of the line at `start`. */
export function widthAt(text: Buffer, start: number, name: string): number {
  return cellsAt(text, start, name).length;
}

function cellsAt(text: Buffer, start: number, name: string): string[] {
  const line = text.toString('latin1', start, endOfLine(text, start, name));
  return line.split(' ').filter((cell) => cell !== '');
}
