import { MixtentionError } from '@mixtention/core';

/**
 * Writes to stdout.
 *
 * A reader that has left (as `head` does) has all that it wants: that is no error.
 *
 * @throws UNWRITABLE when stdout cannot take it, as on a full disk
 */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (cause) => {
      const { code, message } = (cause ?? {}) as NodeJS.ErrnoException;
      if (!cause || code === 'EPIPE') return resolve();
      reject(new MixtentionError('UNWRITABLE', `the result cannot be written to stdout: ${message}`, { cause }));
    });
  });
}

/** One JSON object on one line. JSON has no infinities and no NaN: they are written as the texts "Infinity", "-Infinity", "NaN". */
export function printJson(value: object): Promise<void> {
  const spelled = (_: string, v: unknown): unknown => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v);
  return print(`${JSON.stringify(value, spelled)}\n`);
}
