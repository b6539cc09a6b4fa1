import { dense, type Matrix, MixtentionError } from '@mixtention/core';
import { nearest } from '@mixtention/core/base';
import { type ColumnOptions, printable, readMatrix } from '@mixtention/files';
import type { DataFlags } from './options.ts';
import { say } from './print.ts';
import { inWords } from './words.ts';

/** The rows of a file; with what names them, where `--id` says so. */
export type Rows = { readonly data: Matrix; readonly ids: readonly string[] | null };

/** What rows are read for. */
export type Setting = Pick<ColumnOptions, 'missing'> & { readonly where: string; readonly known?: Known | null };

/**
 * The rows of a file, read as the options say; what may be meant otherwise is said on stderr.
 *
 * @param known  columns that something else was made of: they are looked for by name where the file has names
 * @param missing  of which columns values may be missing, and of those that are known whole columns
 */
export async function readRows(
  path: string,
  flags: DataFlags & { readonly dropMissing?: boolean },
  { where, known = null, missing }: Setting,
): Promise<Rows> {
  const { format, delimiter, decimal, header, exclude, id, dropMissing } = flags;
  const columns = columnsFor(path, flags, { known, missing });
  const options = { format, delimiter, decimal, header, columns, exclude, id, missing, dropMissing };
  const file = await readMatrix(path, options);
  sayNotes(path, file.notes ?? []);
  return { data: dense(file, where), ids: file.ids ?? null };
}

/** The columns to be taken from a file: what the options say, or those that are known, where the file has names. */
export function columnsFor(
  path: string,
  { columns }: DataFlags,
  { known = null, missing }: Pick<Setting, 'known' | 'missing'>,
): ColumnOptions['columns'] {
  if (columns !== undefined || known === null) return columns;
  return (names) => {
    if (names === null) return undefined;
    const due = known.columns.filter((name, i) => names.includes(name) || missing?.(i, name) !== true);
    return columnsFrom(names, { ...known, columns: due }, path);
  };
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
