import { MixtentionError } from '@mixtention/core';
import type { FileFormat } from '@mixtention/files';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Parsers of option values: each refuses with what came and what was due. */
export const whole =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`A whole number ≥ ${least} was due.`);
    return value;
  };

export const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) throw new InvalidArgumentError('A positive number was due.');
  return value;
};

export const notNegative = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('A number ≥ 0 was due.');
  return value;
};

export const workersOrAuto = (text: string): number | 'auto' => (text === 'auto' ? 'auto' : whole(0)(text));

/** Column ranges such as `0:392` or `0:10,20,30:40` (from 0, end not included) as a mask `[D]`; 1 is observed. */
export function columnMask(text: string, width: number): Uint8Array {
  const mask = new Uint8Array(width);
  for (const part of text.split(',')) {
    const match = /^(\d+)(?::(\d+))?$/.exec(part.trim());
    const from = Number(match?.[1]);
    const to = match?.[2] === undefined ? from + 1 : Number(match[2]);
    if (match === null || from >= to || to > width) {
      throw new MixtentionError(
        'BAD_OPTION',
        `--observed is "${text}"; ranges such as 0:${Math.ceil(width / 2)} within 0:${width} were due`,
      );
    }
    mask.fill(1, from, to);
  }
  return mask;
}

export const backendOption = (): Option =>
  new Option('--backend <name>', 'where the work runs').choices(['auto', 'native', 'wasm', 'plain']).default('auto');

const FORMATS: readonly FileFormat[] = ['npy', 'csv', 'idx', 'amat'];

/** Delimiters that are hard to type. */
const SPELLED: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['\\t', '\t'],
  ['space', ' '],
]);

/** How data files are to be read. */
export type DataFlags = { format?: FileFormat; delimiter?: string; header?: boolean };

/** Adds the options of `DataFlags`. */
export const withDataOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--format <name>', 'what the data files are (default: what content and name say)').choices(FORMATS),
    )
    .option(
      '--delimiter <character>',
      'between the numbers of a text file, also "tab" or "space" (default: what the name says)',
      (text: string) => SPELLED.get(text) ?? text,
    )
    .option('--header', 'the first line of a text file names the columns (default: when it holds words only)')
    .option('--no-header', 'the first line of a text file is a row');

export const jsonOption = (): Option => new Option('--json', 'print one JSON object on stdout');
