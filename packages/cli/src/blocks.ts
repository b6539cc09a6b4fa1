import type { Matrix } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { standWidth } from '@mixtention/core/kernel';
import type { MixtureModel } from '@mixtention/mixture';
import { listen } from './interrupt.ts';

/** Multiply–adds of a block: a tenth of a second for the plain backend. */
const BLOCK_WORK = 2 ** 27;
/** Fewer rows would be lost in what is prepared for each block. */
const LEAST_ROWS = 1024;

/** Some rows of a matrix, and the index of the first. */
export type Block = { readonly rows: Matrix; readonly start: number };

/** All rows in blocks for a model to work on; before each Ctrl-C is listened for. */
export async function* blocks(
  data: Matrix,
  { family, components }: MixtureModel,
  signal: AbortSignal,
): AsyncGenerator<Block, void, void> {
  const width = family.terms(data.cols).reduce((sum, stand) => sum + standWidth(stand, data.cols), 0);
  const size = Math.max(LEAST_ROWS, Math.floor(BLOCK_WORK / components / width));
  for (let start = 0; start < data.rows; start += size) {
    await listen(signal);
    yield { rows: rowsOf(data, start, Math.min(data.rows, start + size)), start };
  }
}
