import { type Matrix, MixtentionError, matrix } from '@mixtention/core';
import { nearest } from '@mixtention/core/base';
import { type ColumnOptions, printable, readMatrix } from '@mixtention/files';
import type { DataFlags } from './options.ts';
import { say } from './print.ts';
import { inWords } from './words.ts';

/** The rows of a file; with what names them, where `--id` says so. */
export type Rows = { readonly data: Matrix; readonly ids: readonly string[] | null };

/**
 * The rows of a file, read as the options say; what may be meant otherwise is said on stderr.
 *
 * @param known  columns that something else was made of: they are looked for by name where the file has names
 */
export async function readRows(
  path: string,
  flags: DataFlags,
  { where, known = null }: { readonly where: string; readonly known?: Known | null },
): Promise<Rows> {
  const { format, delimiter, decimal, header, exclude, id } = flags;
  const columns = columnsFor(path, flags, known);
  const file = await readMatrix(path, { format, delimiter, decimal, header, columns, exclude, id });
  sayNotes(path, file.notes ?? []);
  return { data: matrix(file, where), ids: file.ids ?? null };
}

/** The columns to be taken from a file: what the options say, or those that are known, where the file has names. */
export function columnsFor(path: string, { columns }: DataFlags, known: Known | null): ColumnOptions['columns'] {
  if (columns !== undefined || known === null) return columns;
  return (names) => (names === null ? undefined : columnsFrom(names, known, path));
}

/** Says what a file may mean otherwise than it was read. */
export function sayNotes(path: string, notes: readonly string[]): void {
  for (const note of notes) say(`mixtention: note: ${printable(`${path}: ${inWords(note)}`)}\n`);
}

/** Columns by name, what was made of them, and what to do where a file has others. */
export type Known = { readonly columns: readonly string[]; readonly what: string; readonly wayOut: string };

function columnsFrom(
  names: readonly string[],
  { columns, what, wayOut }: Known,
  path: string,
): readonly string[] | undefined {
  const missing = columns.find((name) => !names.includes(name));
  if (missing === undefined) {
    const shared = [names, columns].map((all) =>
      all.find((name, i) => columns.includes(name) && all.indexOf(name) !== i),
    );
    const twice = shared[0] ?? shared[1];
    if (twice === undefined) return columns;
    // The same names in the same order: nothing is to be told apart.
    if (names.length === columns.length && names.every((name, i) => name === columns[i])) return undefined;
    const whose = shared[0] === undefined ? 'is to give' : 'has';
    throw new MixtentionError(
      'BAD_DATA',
      `${path}: ${whose} two columns "${twice}", which ${what}: names do not tell them apart; ${wayOut}`,
    );
  }
  const near = nearest(missing, names);
  const hint = near === null ? '' : ` (is it "${near}"?)`;
  throw new MixtentionError('BAD_DATA', `${path}: has no column "${missing}"${hint}, which ${what}; ${wayOut}`);
}
