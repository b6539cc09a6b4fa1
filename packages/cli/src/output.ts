import { MixtentionError } from '@mixtention/core';
import { checkTarget, type FileContent, writeFileAtomic } from '@mixtention/files';
import { print, printJson, say } from './print.ts';

/** Standard input or output, in the place of a file. */
export const STREAM = '-';

type Wanted = { readonly out?: string | undefined; readonly json?: boolean | undefined };

/** Refuses, before the work, files that cannot be written, and streams that would carry two things. */
export async function checkStreams(inputs: readonly string[], { out, json }: Wanted): Promise<void> {
  const refuse = (sentence: string): never => {
    throw new MixtentionError('BAD_OPTION', sentence);
  };
  if (inputs.filter((path) => path === STREAM).length > 1)
    refuse('- stands for standard input, which can be read once; give one of the files by name');
  if (out === STREAM && json) refuse('--json and --out - both write to standard output; give --out a file');
  if (out !== undefined && out !== STREAM)
    await checkTarget(
      out,
      inputs.filter((path) => path !== STREAM),
    );
}

/** Writes a result: a file whole or not at all, or to standard output for `-`. */
export async function writeOutput(path: string, data: FileContent): Promise<void> {
  if (path !== STREAM) return writeFileAtomic(path, data);
  const parts = typeof data === 'string' || data instanceof Uint8Array ? [data] : data;
  for await (const part of parts) await print(part);
}

/** Shows what a command found: as JSON, or for people; on stderr where the result itself takes standard output. */
export async function showSummary(
  summary: { readonly json: object; readonly text: string },
  { out, json }: Wanted,
): Promise<void> {
  if (json) await printJson(summary.json);
  else if (out === STREAM) say(summary.text);
  else await print(summary.text);
}

/**
 * Parts that whoever takes them may stop taking: they are not ended by it, as a loop over a generator would.
 */
export function openEnded<T>(parts: AsyncGenerator<T, void, void>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => ({ next: () => parts.next() }) };
}

/**
 * Writes a file and shows what a command found: a disk that is full costs the file, never what is shown.
 *
 * @throws what writing threw; UNWRITABLE when all has been shown
 */
export async function writeAndShow(write: () => Promise<void>, show: () => Promise<void>): Promise<void> {
  const failure = await write().then(
    () => null,
    (cause: unknown) => ({ cause }),
  );
  const isUnwritable = failure?.cause instanceof MixtentionError && failure.cause.code === 'UNWRITABLE';
  if (failure === null || isUnwritable) await show();
  if (failure !== null) throw failure.cause;
}
