import type { Tree } from '../contracts/index.ts';
import { type Cell, cellOf, fillCell } from './cell.ts';

/** Cells of a worker, which the main thread knows too once it was told of them. */
export type CellStore = {
  /** Nobody has any of them any more. */
  clear(): void;
  lend(cells: readonly Cell[]): void;
  free(id: number): void;
  /** A cell that holds these statistics now: a free one that fits, or a new one; free ones that do not fit are dropped. */
  store(stats: Tree, keeps: boolean): Cell;
  /** What the main thread has to be told, once; null for nothing. */
  news(): { readonly fresh: readonly Cell[]; readonly dropped: readonly number[] } | null;
};

export function cellStore(): CellStore {
  const known = new Map<number, Cell>();
  let free: Cell[] = [];
  let fresh: Cell[] = [];
  let dropped: number[] = [];
  let made = 0;
  const find = (stats: Tree): Cell => {
    for (let cell = free.pop(); cell !== undefined; cell = free.pop()) {
      if (fillCell(cell, stats, false)) return cell;
      known.delete(cell.id);
      dropped.push(cell.id);
    }
    const cell = cellOf(++made, stats, false);
    known.set(cell.id, cell);
    fresh.push(cell);
    return cell;
  };
  return {
    clear() {
      known.clear();
      [free, fresh, dropped] = [[], [], []];
    },
    lend(cells) {
      for (const cell of cells) known.set(cell.id, cell);
      free.push(...cells);
    },
    free(id) {
      const cell = known.get(id);
      if (cell !== undefined) free.push(cell);
    },
    store(stats, keeps) {
      const cell = find(stats);
      if (keeps) known.delete(cell.id);
      return cell;
    },
    news() {
      if (fresh.length === 0 && dropped.length === 0) return null;
      const all = { fresh, dropped };
      [fresh, dropped] = [[], []];
      return all;
    },
  };
}
