import type { Table } from '../contracts/index.ts';
import type { RowReader } from './reader.ts';

/** Cells that are looked at in one go: half a megabyte of float64, which stays in the cache of a core. */
const PART_CELLS = 2 ** 16;

/** What one pass over the rows makes: the same bits wherever they lie, since its parts depend on the shape of the data alone. */
export type Pass<Result> = {
  /** Some rows, in order; `first` is the number of the first. Those of later parts may overwrite them. */
  add(part: Table, first: number): void;
  done(): Result;
};

/**
 * Runs passes over all rows at once, in this thread, without a break.
 *
 * @example
 * const sum = { rows: 0 };
 * runPass(openReader(dataset(faithful())), { add: ({ rows }) => (sum.rows += rows), done: () => sum.rows }); // 272
 */
export function runPass<Result>(reader: RowReader, pass: Pass<Result>): Result {
  for (const [from, to] of parts(reader)) pass.add(reader.read(from, to), from);
  return pass.done();
}

/** Rows of a part. */
export function partRows(cols: number): number {
  return Math.max(1, Math.floor(PART_CELLS / cols));
}

/** The parts of a pass, as first row and the one after the last. */
export function* parts({ rows, cols }: Pick<RowReader, 'rows' | 'cols'>): Generator<readonly [number, number]> {
  const size = partRows(cols);
  for (let from = 0; from < rows; from += size) yield [from, Math.min(rows, from + size)];
}
