import { extname } from 'node:path';
import { type Matrix, MixtentionError } from '@mixtention/core';
import { alignColumns, counted, rowsOf } from '@mixtention/core/base';
import { workWidth } from '@mixtention/core/kernel';
import { type Problem, problemOf as problemOn } from '@mixtention/core/plan';
import type { MixtureModel } from '@mixtention/mixture';
import type { DataFlags } from './options.ts';
import type { Known, Setting } from './read-rows.ts';
import type { Readable, Table } from './read-table.ts';

/** The columns of a model, to be looked for in a file by name; null where they are taken by position. */
export function knownBy({ columns }: MixtureModel, { byPosition }: { readonly byPosition?: boolean }): Known | null {
  return columns === null || byPosition
    ? null
    : { columns, what: 'the model was fitted on', wayOut: '--by-position takes columns as they stand' };
}

/**
 * The columns of a model in a table that was opened for it; by position the rows lose their names, which are none of the model's.
 *
 * Columns are checked now, and so are the cells of a table in memory; those of another as they are read. Messages count from its first row. Values that
 * are missing, as the table was opened, and columns that are absent hold NaN.
 */
export function rowsFor(
  { family, columns, width }: MixtureModel,
  table: Table,
  { where, byPosition = false, absent = [] }: Placing,
): Readable {
  const align = ({ data, rows, cols, columns: names }: Matrix): Matrix => {
    const named = { data, rows, cols, ...(!byPosition && names && { columns: names }) };
    return alignColumns(withAbsent(named, absent), columns, { width, where });
  };
  if (table.matrix !== null) {
    const all = align(table.matrix);
    family.checkSupport(withoutGaps(all));
    return { rows: all.rows, read: (from, to) => rowsOf(all, from, to) };
  }
  const { rows, cols, columns: names } = table;
  align({ data: new Float64Array(0), rows: 0, cols, ...(names && { columns: names }) });
  return {
    rows,
    read(from, to) {
      const own = align(table.read(from, to));
      family.checkSupport(withoutGaps(own), { first: from });
      return own;
    },
  };
}

type Placing = {
  readonly where: string;
  readonly byPosition?: boolean | undefined;
  /** Columns of the model that the table need not have. */
  readonly absent?: readonly string[];
};

/** Of which columns of a file values may be missing: of those that the mask of the model's columns hides; without one of all. */
export function hiddenBy(mask: Uint8Array | null, known: Known | null): NonNullable<Setting['missing']> {
  if (mask === null) return () => true;
  return (column, name) => {
    const isPlaced = known === null || name === null || known.columns[column] === name;
    return mask[isPlaced ? column : known.columns.indexOf(name)] === 0;
  };
}

/** Columns that the mask hides and a table with names has not; without a mask all are due. */
export function absentFrom({ columns: names }: Table, mask: Uint8Array | null, known: Known | null): readonly string[] {
  if (mask === null || known === null || names === undefined) return [];
  const there = new Set(names);
  return known.columns.filter((name, d) => mask[d] === 0 && !there.has(name));
}

/** Rows with further columns of NaN. */
function withAbsent(m: Matrix, absent: readonly string[]): Matrix {
  if (absent.length === 0) return m;
  const cols = m.cols + absent.length;
  const data = new Float64Array(m.rows * cols).fill(Number.NaN);
  for (let n = 0; n < m.rows; n++) data.set(m.data.subarray(n * m.cols, (n + 1) * m.cols), n * cols);
  return { data, rows: m.rows, cols, columns: [...m.columns!, ...absent] };
}

/** Rows with 0 for NaN, as completions have cells that are hidden. */
function withoutGaps(m: Matrix): Matrix {
  return m.data.some(Number.isNaN) ? { ...m, data: m.data.map((cell) => (Number.isNaN(cell) ? 0 : cell)) } : m;
}

/** What names the rows, so many at a time; null where nothing does. */
export function namesOf(ids: Iterable<string> | null): (count: number) => readonly string[] | null {
  if (ids === null) return () => null;
  const all = ids[Symbol.iterator]();
  return (count) => Array.from({ length: count }, () => all.next().value as string);
}

/** What a pass of the model over rows costs. */
export function problemOf(model: MixtureModel, rows: number): Problem {
  const { family, params, logWeights, width, components } = model;
  return problemOn(family.scores(params, logWeights).terms, { rows, cols: width, components });
}

/** How wide the statistics of all terms of a model's scores are together, their products included. */
export function widthOf({ family, params, logWeights, width }: MixtureModel): number {
  return workWidth(family.scores(params, logWeights).terms, width);
}

/** Whether a file is to be written as `.npy`; all others are CSV. */
export function isNpy(path: string): boolean {
  return extname(path).toLowerCase() === '.npy';
}

/** Refuses texts in a file of numbers. */
export function checkIds(out: string, { id }: DataFlags): void {
  if (id !== undefined && isNpy(out))
    throw new MixtentionError('BAD_OPTION', '--id names rows by texts, which .npy does not hold; write --out as .csv');
}

/** What the column of ids is called in what is written. */
export function idName({ id }: DataFlags): string {
  return typeof id === 'string' && !/^\d+$/.test(id) ? id : 'id';
}

/** Room for a number a row and component. */
export function allocate(rows: number, components: number): Float64Array {
  try {
    return new Float64Array(rows * components);
  } catch (cause) {
    const gigabytes = ((rows * components * 8) / 1e9).toPrecision(3);
    throw new MixtentionError(
      'BAD_OPTION',
      `--probabilities of ${counted(rows, 'row')} and ${counted(components, 'component')} take ${gigabytes} GB, more than could be had; predict parts of the rows`,
      { cause },
    );
  }
}
