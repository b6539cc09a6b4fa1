import { type Matrix, matrix } from '@mixtention/core';
import { readMatrix } from '@mixtention/files';
import type { DataFlags } from './options.ts';

/** The rows of a file, read as the options say. */
export async function readRows(path: string, { format, delimiter, header }: DataFlags, where: string): Promise<Matrix> {
  return matrix(await readMatrix(path, { format, delimiter, header }), where);
}
