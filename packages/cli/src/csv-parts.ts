import { PART } from './print.ts';

/** A table: one column after another, each with a value a row. */
export type CsvTable = {
  /** The first line; null for none. */
  readonly names: readonly string[] | null;
  readonly rows: number;
  /** The cells of a row, as they are to be written. */
  readonly cells: (row: number) => Iterable<string | number>;
};

/** The text of a CSV file in parts of about a mebibyte: one for all rows would outgrow what a string can hold. */
export function* csvParts({ names, rows, cells }: CsvTable, signal: AbortSignal): Generator<string, void, void> {
  let part = names === null ? '' : lineOf(names);
  for (let row = 0; row < rows; row++) {
    part += lineOf(cells(row));
    if (part.length < PART) continue;
    signal.throwIfAborted();
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}

function lineOf(cells: Iterable<string | number>): string {
  return `${Array.from(cells, (cell) => (typeof cell === 'number' ? String(cell) : quoted(cell))).join(',')}\n`;
}

/** A text as a cell: in quotes where it would be read otherwise. */
function quoted(text: string): string {
  return /[",\r\n]|^[\s#]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
