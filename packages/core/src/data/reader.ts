import type { Cells, Dataset, Source, Table } from '../contracts/index.ts';
import { makeCells, viewCells } from './cells.ts';
import { sourceAt } from './sources.ts';

/** Rows where they are used, in the user's units and their own type. */
export type RowReader = {
  readonly rows: number;
  readonly cols: number;
  /** Whether what was read stays as it is; else the next `read` overwrites it. */
  readonly lasting: boolean;
  /** Rows `from … to`. */
  read(from: number, to: number): Table;
  /** Reads rows that `read` will soon be asked for meanwhile; where they lie in memory there is nothing to do. */
  readonly ahead?: (from: number, to: number) => Promise<void>;
};

/**
 * Reads the rows of a data set.
 *
 * @example
 * openReader(dataset(faithful())).read(0, 1).data; // [3.6, 79]
 */
export function openReader({ source, rows, width }: Pick<Dataset, 'source' | 'rows' | 'width'>): RowReader {
  if (source.kind === 'spec') return openSourceReader(sourceAt(source));
  const { type, buffer } = source;
  return {
    rows,
    cols: width,
    lasting: true,
    read: (from, to) => ({
      data: viewCells(type, buffer, from * width, (to - from) * width),
      rows: to - from,
      cols: width,
    }),
  };
}

/**
 * Reads rows that somebody holds.
 *
 * @example
 * openTable(matrix([[1, 2], [3, 4]])).read(1, 2).data; // [3, 4]
 */
export function openTable({ data, rows, cols }: Table): RowReader {
  return {
    rows,
    cols,
    lasting: true,
    read: (from, to) => ({ data: data.subarray(from * cols, to * cols), rows: to - from, cols }),
  };
}

/** Rows that are on their way, or there. */
type Ahead = { readonly from: number; readonly to: number; readonly room: Cells; isThere: boolean };

/**
 * Reads rows into memory of its own: room for those that are looked at, and for those that come next.
 *
 * @example
 * await writeFileAtomic('points.npy', writeNpy({ data: Float64Array.of(1, 2, 3, 4), rows: 2, cols: 2 }));
 * openSourceReader(await openSource('points.npy')).read(1, 2).data; // [3, 4]
 */
export function openSourceReader(source: Source): RowReader {
  const { rows, cols, type } = source;
  let room = makeCells(type, 0);
  let spare = makeCells(type, 0);
  let next: Ahead | null = null;
  const roomFor = (old: Cells, count: number): Cells => (old.length < count ? makeCells(type, count) : old);
  return {
    rows,
    cols,
    lasting: false,
    read(from, to) {
      const count = (to - from) * cols;
      if (next?.isThere && next.from === from && next.to === to) {
        spare = room;
        room = next.room;
        next = null;
      } else {
        room = roomFor(room, count);
        source.read(from, to - from, room.subarray(0, count));
      }
      return { data: room.subarray(0, count), rows: to - from, cols };
    },
    async ahead(from, to) {
      // One is under way already, or was not fetched: its room is not free.
      if (next !== null && !next.isThere) return;
      const own: Ahead = { from, to, room: roomFor(next?.room ?? spare, (to - from) * cols), isThere: false };
      next = own;
      try {
        await source.readAhead(from, to - from, own.room.subarray(0, (to - from) * cols));
        own.isThere = true;
      } catch {
        // Whoever needs these rows reads them then, and is told what is wrong.
        spare = own.room;
        next = null;
      }
    },
  };
}
