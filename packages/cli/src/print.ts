import { MixtentionError } from '@mixtention/core';

/** Text is handed over in parts of this size; one text for all would outgrow what a string can hold (2²⁹ characters). */
export const PART: number = 2 ** 20;
/** Numbers of a long list that are written at once. */
const ITEMS = 4096;

/**
 * Writes to stdout.
 *
 * A reader that has left (as `head` does) has all that it wants: that is no error.
 *
 * @throws UNWRITABLE when stdout cannot take it, as on a full disk
 */
export function print(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (cause) => {
      const { code, message } = (cause ?? {}) as NodeJS.ErrnoException;
      if (!cause || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return resolve();
      reject(new MixtentionError('UNWRITABLE', `the result cannot be written to stdout: ${message}`, { cause }));
    });
  });
}

/** Writes to stderr what is not the result. */
export function say(text: string): void {
  process.stderr.write(text);
}

/** One JSON object on one line. JSON has no infinities and no NaN: they are written as the texts "Infinity", "-Infinity", "NaN". */
export async function printJson(value: object): Promise<void> {
  let part = '';
  for (const piece of pieces(value)) {
    part += piece;
    if (part.length < PART) continue;
    await print(part);
    part = '';
  }
  await print(`${part}\n`);
}

/** The same as one text, for what is known to be small. */
export const jsonText = (value: object): string => [...pieces(value)].join('');

/** The JSON text of plain data, piece by piece; typed arrays are lists. */
function* pieces(value: unknown): Generator<string, void, void> {
  if (Array.isArray(value) || value instanceof Float64Array || value instanceof Int32Array) yield* piecesOfList(value);
  else if (typeof value === 'object' && value !== null) {
    yield '{';
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    for (const [i, [name, item]] of entries.entries()) {
      yield `${i > 0 ? ',' : ''}${JSON.stringify(name)}:`;
      yield* pieces(item);
    }
    yield '}';
  } else yield JSON.stringify(value, spelled);
}

function* piecesOfList(list: readonly unknown[] | Float64Array | Int32Array): Generator<string, void, void> {
  yield '[';
  const step = typeof list[0] === 'object' ? 1 : ITEMS;
  for (let i = 0; i < list.length; i += step) {
    if (i > 0) yield ',';
    if (step === 1) yield* pieces(list[i]);
    else yield JSON.stringify(Array.from(list.slice(i, i + step)), spelled).slice(1, -1);
  }
  yield ']';
}

function spelled(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
