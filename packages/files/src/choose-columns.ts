import type { Matrix } from '@mixtention/core';
import { counted, nearest } from '@mixtention/core/base';
import { DataError } from './data-error.ts';
import type { FileMatrix } from './file-matrix.ts';
import { allocate } from './limits.ts';
import { quoted } from './show.ts';

/** A column of a file, by name or by number, from 0; a text of digits that is no name counts as a number. */
export type ColumnName = string | number;

/** Which columns of a file make the matrix. */
export type ColumnOptions = {
  /**
   * The columns to take, in this order; all by default. A function is told the names of the file's columns, or null where it has none, and
   * answers undefined for all.
   */
  readonly columns?:
    | readonly ColumnName[]
    | ((names: readonly string[] | null) => readonly ColumnName[] | undefined)
    | undefined;
  /** Columns to leave out; they may hold anything. */
  readonly exclude?: readonly ColumnName[] | undefined;
  /** The column that names the rows: it is no number to be fitted, and may hold any text. */
  readonly id?: ColumnName | undefined;
  /**
   * Whether values of a column may be missing: told the column's place in the matrix, and its name where it has one. An empty cell, a word for a
   * missing value (`NA`, `null`, `?`) and NaN are NaN there; everywhere else they are refused, as by default.
   */
  readonly missing?: ((column: number, name: string | null) => boolean) | undefined;
};

/** Where the columns of a file go. */
export type ColumnChoice = {
  /** Of each column of the file: its place in the matrix, `SKIPPED` or `ID`. */
  readonly places: Int32Array;
  /** Columns of the matrix. */
  readonly width: number;
  readonly names: readonly string[] | null;
};

export const SKIPPED = -1;
export const ID = -2;

/** Names listed in a message. */
const SHOWN = 12;

/**
 * Where the columns of a file go; null where all are taken as they stand.
 *
 * @param options  what was asked for
 * @param names    the file's columns, null where it names none
 * @param cols     how many there are
 * @param name     the file, as messages call it
 * @throws DataError NO_COLUMN for a column that is not there, there twice, asked for twice, or asked for and left out; EMPTY when none is left
 */
export function chooseColumns(
  { columns, exclude = [], id }: ColumnOptions,
  { names, cols, name }: { readonly names: readonly string[] | null; readonly cols: number; readonly name: string },
): ColumnChoice | null {
  const wanted = typeof columns === 'function' ? columns(names) : columns;
  if (wanted === undefined && exclude.length === 0 && id === undefined) return null;
  const find = (column: ColumnName): number => findColumn(column, names, cols, name);
  const places = new Int32Array(cols).fill(SKIPPED);
  const out = new Set(exclude.map(find));
  if (id !== undefined) places[find(id)] = ID;
  const taken = wanted?.map(find) ?? Array.from(places.keys()).filter((c) => !out.has(c) && places[c] !== ID);
  for (const [at, column] of taken.entries()) {
    const twice = places[column] === ID ? 'and as id' : places[column] !== SKIPPED ? 'twice' : null;
    const clash = twice ?? (out.has(column) ? 'and left out' : null);
    if (clash !== null) throw new DataError('NO_COLUMN', name, `${label(column, names)} is asked for ${clash}`);
    places[column] = at;
  }
  if (taken.length === 0) throw new DataError('EMPTY', name, 'has no column left, at least one was due');
  return { places, width: taken.length, names: names === null ? null : taken.map((column) => names[column]!) };
}

/** 1 for each column of the file whose values may be missing; null where nobody asked. */
export function gapsOf(
  { missing }: ColumnOptions,
  choice: ColumnChoice | null,
  { names, cols }: { readonly names: readonly string[] | null; readonly cols: number },
): Uint8Array | null {
  if (missing === undefined) return null;
  return Uint8Array.from({ length: cols }, (_, column) => {
    const place = choice === null ? column : choice.places[column]!;
    return Number(place >= 0 && missing(place, names?.[column] ?? null));
  });
}

/** The chosen columns of a matrix that was read whole; `ids` are the texts of its numbers. */
export function takeChosen(matrix: FileMatrix, options: ColumnOptions, name: string): FileMatrix {
  const { data, rows, cols } = matrix;
  const choice = chooseColumns(options, { names: matrix.columns ?? null, cols, name });
  if (choice === null) return matrix;
  return { ...pickColumns({ data, rows, cols }, choice, name), ...(choice.names && { columns: choice.names }) };
}

/** The columns that a choice takes, in its order, and the texts of the numbers of the one that names the rows. */
export function pickColumns({ data, rows, cols }: Matrix, { places, width }: ColumnChoice, name: string): FileMatrix {
  const chosen = allocate(data instanceof Float64Array ? 'float64' : 'float32', rows * width, name);
  for (const [column, place] of places.entries()) {
    if (place < 0) continue;
    for (let row = 0; row < rows; row++) chosen[row * width + place] = data[row * cols + column]!;
  }
  const id = places.indexOf(ID);
  if (id < 0) return { data: chosen, rows, cols: width };
  return {
    data: chosen,
    rows,
    cols: width,
    ids: Array.from({ length: rows }, (_, row) => String(data[row * cols + id])),
  };
}

/** A column as messages name it, with its name where it has one. */
export function label(column: number, names: readonly string[] | null): string {
  return `column ${column}${names === null ? '' : ` ${quoted(names[column] ?? '')}`}`;
}

function findColumn(column: ColumnName, names: readonly string[] | null, cols: number, name: string): number {
  if (typeof column === 'number') return checkNumber(column, cols, name);
  const found = names?.indexOf(column) ?? -1;
  if (found < 0)
    return /^\d+$/.test(column) ? checkNumber(Number(column), cols, name) : refuseName(column, names, name);
  if (names!.indexOf(column, found + 1) >= 0)
    throw new DataError('NO_COLUMN', name, `has two columns ${quoted(column)}; give the number of one, from 0`);
  return found;
}

function checkNumber(column: number, cols: number, name: string): number {
  if (Number.isInteger(column) && column >= 0 && column < cols) return column;
  throw new DataError('NO_COLUMN', name, `has ${counted(cols, 'column')}, no column ${column} (counted from 0)`);
}

function refuseName(column: string, names: readonly string[] | null, name: string): never {
  if (names === null) {
    const sentence = `names no columns, so ${quoted(column)} is not among them; give its number, from 0`;
    throw new DataError('NO_COLUMN', name, sentence);
  }
  const near = nearest(column, names);
  const hint = near === null ? '' : ` (is it ${quoted(near)}?)`;
  throw new DataError('NO_COLUMN', name, `has no column ${quoted(column)}${hint}; it has ${list(names)}`);
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map(quoted).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
