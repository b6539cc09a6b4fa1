import type { Dataset, Matrix } from '@mixtention/core';
import { dataset, roomLeft, showBytes } from '@mixtention/core/data';
import { memoryNeed, type OpenSource, openSource } from '@mixtention/files';
import type { DataFlags } from './options.ts';
import { say } from './print.ts';
import { readRows, sayNotes } from './read-rows.ts';

export type TableFlags = DataFlags & { readonly stream?: boolean };

/** A table that is to be fitted, in memory or where its file has it. */
export type FitTable = {
  readonly input: Matrix | Dataset | OpenSource;
  readonly rows: number;
  readonly cols: number;
  readonly columns?: readonly string[] | undefined;
  /** Gives back what reading it where it lies has taken. */
  close(): void;
};

/**
 * The rows of a file that are to be fitted: in memory, or read where they are used, which `--stream` asks for and a table that does not fit has done
 * without being asked; both numbers are said then.
 */
export async function readTable(path: string, flags: TableFlags, where: string): Promise<FitTable> {
  const { format, delimiter, decimal, header, columns, exclude, id, stream = false } = flags;
  const reading = { format, delimiter, decimal, header, columns, exclude, id };
  const { bytes, inPlace } = memoryNeed(path, reading);
  const room = roomLeft();
  const isLarge = bytes !== null && bytes > room.bytes;
  if (!stream && !isLarge && !inPlace) {
    const { data } = await readRows(path, flags, { where });
    return { input: data, rows: data.rows, cols: data.cols, columns: data.columns, close() {} };
  }
  if (!stream && isLarge)
    say(
      `mixtention: note: ${path} takes about ${showBytes(bytes)} of memory, ${room.who} leaves ${showBytes(room.bytes)}: its rows are read from the disk in every pass\n`,
    );
  const source = await openSource(path, reading);
  sayNotes(path, source.notes);
  const { rows, cols } = source;
  const input = stream || isLarge ? source : dataset(source, { inMemory: true }, where);
  return { input, rows, cols, columns: source.columns, close: source.close };
}
