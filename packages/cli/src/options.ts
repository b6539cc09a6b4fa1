import type { BackendName } from '@mixtention/core';
import { backendNames } from '@mixtention/core/threads';
import type { ColumnName, FileFormat } from '@mixtention/files';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { columnList } from './columns.ts';

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

/** What `--backend` may say. */
export type BackendFlag = BackendName | 'auto';

export const backendOption = (): Option =>
  new Option('--backend <name>', 'where the work runs').choices(['auto', ...backendNames]).default('auto');

const FORMATS: readonly FileFormat[] = ['npy', 'csv', 'idx', 'amat'];

/** Delimiters that are hard to type. */
const SPELLED: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['\\t', '\t'],
  ['space', ' '],
]);

/** How data files are to be read. */
export type DataFlags = {
  format?: FileFormat;
  delimiter?: string;
  decimal?: '.' | ',';
  header?: boolean;
  columns?: ColumnName[];
  exclude?: ColumnName[];
  id?: ColumnName;
};

/** Adds the options of `DataFlags`. */
export const withDataOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--format <name>', 'what the data files are (default: what content and name say)').choices(FORMATS),
    )
    .option(
      '--delimiter <character>',
      'between the numbers of a text file, also "tab" or "space" (default: what stands there)',
      (text: string) => SPELLED.get(text) ?? text,
    )
    .addOption(
      new Option('--decimal <mark>', 'before the fraction of a number in a text file (default: ".")').choices([
        '.',
        ',',
      ]),
    )
    .option('--header', 'the first line of a text file names the columns (default: when it holds words only)')
    .option('--no-header', 'the first line of a text file is a row')
    .option(
      '--columns <list>',
      'columns to take, by name or number from 0, as height,weight or 0,3:6',
      listOf('--columns'),
    )
    .option('--exclude <list>', 'columns to leave out; they may hold anything', listOf('--exclude'))
    .option('--id <column>', 'the column that names the rows; it may hold any text', oneOf('--id'));

const listOf =
  (option: string) =>
  (text: string): ColumnName[] =>
    columnList(text, option);

const oneOf =
  (option: string) =>
  (text: string): ColumnName => {
    const [column, ...more] = columnList(text, option);
    if (more.length > 0) throw new InvalidArgumentError('One column was due.');
    return column!;
  };

export const byPosition = (): Option =>
  new Option(
    '--by-position',
    'take columns as they stand, whatever their names (default: by name, where both have names)',
  );

/** `what` happens where the table does not fit into memory. */
export const streamOption = (what: string): Option =>
  new Option('--stream', `${what} (default: when the table does not fit into memory)`);

export const dropMissingOption = (): Option =>
  new Option(
    '--drop-missing',
    'leave out rows with missing values (empty cells, NA, null, ?, NaN); says how many there were',
  );

export const jsonOption = (): Option => new Option('--json', 'print one JSON object on stdout');

/** Names between commas. */
export function namesOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('names of sites between commas were due.');
  return names;
}
