import { parseArgs } from 'node:util';
import { MixtentionError } from '@mixtention/core';

/** How long what is trained may train, minutes. */
export type DigitOptions = { readonly layerMinutes: number; readonly jointMinutes: number };

export const DEFAULTS: DigitOptions = { layerMinutes: 6, jointMinutes: 15 };

/**
 * Options of the command line: `--layer-minutes 6 --joint-minutes 15`.
 *
 * @throws BAD_OPTION in one sentence that names the flag
 */
export function digitOptions(args: readonly string[]): DigitOptions {
  const options = { 'layer-minutes': { type: 'string' }, 'joint-minutes': { type: 'string' } } as const;
  const { values } = parsed(() => parseArgs({ args: [...args], options }));
  return {
    layerMinutes: minutes(values['layer-minutes'], '--layer-minutes', DEFAULTS.layerMinutes),
    jointMinutes: minutes(values['joint-minutes'], '--joint-minutes', DEFAULTS.jointMinutes),
  };
}

function parsed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    const what = (cause as Error).message.split('. ')[0];
    return refuse(`${what}; --layer-minutes and --joint-minutes are what it takes`, cause);
  }
}

function minutes(text: string | undefined, flag: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  return refuse(`${flag} is ${JSON.stringify(text)}, a number above 0 was due`);
}

function refuse(message: string, cause?: unknown): never {
  throw new MixtentionError('BAD_OPTION', `[bench] digits: ${message}`, { cause });
}
