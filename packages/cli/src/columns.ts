import { MixtentionError } from '@mixtention/core';
import { nearest } from '@mixtention/core/base';
import type { ColumnName } from '@mixtention/files';

/** One name in quotes, or what stands between commas. */
const ITEM = /\s*(?:"((?:[^"]|"")*)"|([^,"]*))\s*(?:,|$)/y;

/**
 * Columns as people list them: names and numbers apart by commas, ranges of numbers from 0 and without their end.
 *
 * @param text  as `height,weight`, `0,3:6` or `"a, b",c`
 * @throws BAD_OPTION for what is no list
 */
export function columnList(text: string, option: string): ColumnName[] {
  const items: ColumnName[] = [];
  ITEM.lastIndex = 0;
  const isOpen = text.trimEnd().endsWith(',');
  while (ITEM.lastIndex < text.length || items.length === 0) {
    const match = ITEM.exec(text);
    const [, inQuotes, bare = ''] = match ?? [];
    const range = inQuotes === undefined ? /^(\d+):(\d+)$/.exec(bare.trim()) : null;
    const [from, to] = [Number(range?.[1]), Number(range?.[2])];
    if (match === null || isOpen || (inQuotes === undefined && bare.trim() === '') || from >= to || to - from > 2 ** 20)
      throw new MixtentionError(
        'BAD_OPTION',
        `${option} is "${text}"; names or numbers apart by commas were due, as height,weight or 0,3:6`,
      );
    if (range === null) items.push(inQuotes?.replaceAll('""', '"') ?? bare.trim());
    else for (let column = from; column < to; column++) items.push(column);
  }
  return items;
}

/** A list of columns as a mask `[D]`; 1 is observed. */
export function columnMask(text: string, names: readonly string[] | null, width: number): Uint8Array {
  const mask = new Uint8Array(width);
  for (const column of columnList(text, '--observed')) {
    const named = typeof column === 'string' && names !== null ? names.indexOf(column) : -1;
    const at = named >= 0 ? named : typeof column === 'string' && !/^\d+$/.test(column) ? -1 : Number(column);
    if (at < 0 || at >= width) refuse(text, column, names, width);
    if (named >= 0 && names!.indexOf(column as string, named + 1) >= 0)
      throw new MixtentionError(
        'BAD_OPTION',
        `--observed is "${text}", where two columns are called "${column}"; give the number of one, from 0`,
      );
    mask[at] = 1;
  }
  return mask;
}

function refuse(text: string, column: ColumnName, names: readonly string[] | null, width: number): never {
  const near = names === null ? null : nearest(String(column), names);
  const hint = near === null ? '' : ` (is it "${near}"?)`;
  const due =
    names === null ? `numbers within 0:${width}` : `names of the model's columns, or numbers within 0:${width},`;
  throw new MixtentionError(
    'BAD_OPTION',
    `--observed is "${text}", where "${column}" is no column${hint}; ${due} were due`,
  );
}
