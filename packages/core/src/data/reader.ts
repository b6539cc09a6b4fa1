import type { Dataset, Table } from '../contracts/index.ts';
import { viewCells } from './cells.ts';

/** Rows where they are used, in the user's units and their own type. */
export type RowReader = {
  readonly rows: number;
  readonly cols: number;
  /** Rows `from … to`; where they do not lie in memory, what was read before may be overwritten. */
  read(from: number, to: number): Table;
};

/** Reads the rows of a data set. */
export function openReader({ source, rows, width }: Pick<Dataset, 'source' | 'rows' | 'width'>): RowReader {
  const { type, buffer } = source;
  return {
    rows,
    cols: width,
    read: (from, to) => ({
      data: viewCells(type, buffer, from * width, (to - from) * width),
      rows: to - from,
      cols: width,
    }),
  };
}

/** Reads rows that somebody holds. */
export function openTable({ data, rows, cols }: Table): RowReader {
  return {
    rows,
    cols,
    read: (from, to) => ({ data: data.subarray(from * cols, to * cols), rows: to - from, cols }),
  };
}
