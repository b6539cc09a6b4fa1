import { type Dataset, type Matrix, MixtentionError } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { dataset, openSourceReader, roomLeft, showBytes } from '@mixtention/core/data';
import { memoryNeed, type OpenSource, openSource } from '@mixtention/files';
import type { DataFlags } from './options.ts';
import { say } from './print.ts';
import { columnsFor, readRows, type Setting, sayNotes } from './read-rows.ts';

export type TableFlags = DataFlags & { readonly stream?: boolean; readonly dropMissing?: boolean };

/** Commands that may leave rows out. */
const WITH_DROP_MISSING: ReadonlySet<string> = new Set(['cli/fit', 'cli/select', 'cli/predict']);

/** Rows, however they are had. */
export type Readable = {
  readonly rows: number;
  /** Rows `from … to`. */
  read(from: number, to: number): Matrix;
};

/** A table in memory, or where its file has it. Its rows are checked; of a table in its file they are good until the next are read. */
export type Table = Readable & {
  readonly cols: number;
  readonly columns?: readonly string[] | undefined;
  /** What names the rows, one after another, where `--id` says so. */
  readonly ids: Iterable<string> | null;
  /** The rows, where they are in memory. */
  readonly matrix: Matrix | null;
  /** Gives back what reading it where it lies has taken. */
  close(): void;
};

/** A table that is to be fitted. */
export type FitTable = Pick<Table, 'rows' | 'cols' | 'columns' | 'close'> & {
  readonly input: Matrix | Dataset | OpenSource;
};

/**
 * The rows of a file: in memory, or read where they are used. The latter is done where numbers can be read in place, where `--stream` asks for it, and
 * for a table that does not fit; both numbers are said then.
 */
export async function openTable(path: string, flags: TableFlags, setting: Setting): Promise<Table> {
  const { table } = await open(path, flags, setting);
  return table;
}

/** The rows of a file that are to be fitted, as `openTable` has them; numbers that can be read in place are in memory too where they fit. */
export async function readTable(path: string, flags: TableFlags, where: string): Promise<FitTable> {
  const { table, source, mustStream } = await open(path, flags, { where });
  const { rows, cols, columns, close } = table;
  const input = table.matrix ?? (mustStream ? source! : dataset(source!, { inMemory: true }, where));
  return { input, rows, cols, columns, close };
}

async function open(
  path: string,
  flags: TableFlags,
  setting: Setting,
): Promise<{ readonly table: Table; readonly source: OpenSource | null; readonly mustStream: boolean }> {
  const { format, delimiter, decimal, header, exclude, id, stream = false, dropMissing } = flags;
  const { missing } = setting;
  const reading = {
    format,
    delimiter,
    decimal,
    header,
    columns: columnsFor(path, flags, setting),
    exclude,
    id,
    missing,
    dropMissing,
  };
  const { bytes, inPlace } = memoryNeed(path, reading);
  const room = roomLeft();
  const isLarge = bytes !== null && bytes > room.bytes;
  // What to do about a value that is missing, in commands that may leave its row out.
  const orWayOut = (error: unknown): never => {
    throw WITH_DROP_MISSING.has(setting.where) ? withWayOut(error) : error;
  };
  if (!stream && !isLarge && !inPlace) {
    const { data, ids } = await readRows(path, flags, setting).catch(orWayOut);
    const { rows, cols, columns } = data;
    const read = (from: number, to: number): Matrix => rowsOf(data, from, to);
    return { table: { rows, cols, columns, ids, matrix: data, read, close() {} }, source: null, mustStream: false };
  }
  if (!stream && isLarge)
    say(
      `mixtention: note: ${path} takes about ${showBytes(bytes)} of memory, ${room.who} leaves ${showBytes(room.bytes)}: its rows are read from the disk in every pass\n`,
    );
  const source = await openSource(path, reading).catch(orWayOut);
  sayNotes(path, source.notes);
  const { rows, cols, columns, close } = source;
  const ids = source.ids?.() ?? null;
  const table = { rows, cols, columns, ids, matrix: null, read: readerOf(source, path, missing), close };
  return { table, source, mustStream: stream || isLarge };
}

/** Reads rows as `readMatrix` would have them, NaN and infinities refused as there. */
function readerOf(source: OpenSource, path: string, missing: Setting['missing']): Table['read'] {
  const reader = openSourceReader(source);
  const { cols, columns } = source;
  const isNarrow = /^float32$|8$|16$/.test(source.type);
  const mayMiss = Array.from({ length: cols }, (_, c) => missing?.(c, columns?.[c] ?? null) === true);
  return (from, to) => {
    const { data } = reader.read(from, to);
    const isFloat = data instanceof Float64Array || data instanceof Float32Array;
    const numbers = isFloat ? data : isNarrow ? Float32Array.from(data) : Float64Array.from(data);
    const rows: Matrix = { data: numbers, rows: to - from, cols, ...(columns && { columns }) };
    const wrong = numbers.findIndex((cell, i) => !Number.isFinite(cell) && !(Number.isNaN(cell) && mayMiss[i % cols]));
    if (wrong < 0) return rows;
    const cell = `row ${from + Math.floor(wrong / cols)}, column ${wrong % cols} (counted from 0)`;
    throw new MixtentionError('NOT_FINITE', `${path}: ${cell} is ${numbers[wrong]}, a finite number was due`);
  };
}

function withWayOut(error: unknown): unknown {
  const isGap =
    error instanceof MixtentionError &&
    /(?: is empty, a|, a missing value; a| is "[-+]?nan", a finite) number was due$/i.test(error.message);
  return isGap ? new MixtentionError(error.code, `${error.message} (--drop-missing leaves such rows out)`) : error;
}
