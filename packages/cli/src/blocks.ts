import type { Matrix } from '@mixtention/core';
import type { MixtureModel } from '@mixtention/mixture';
import { listen } from './interrupt.ts';
import type { Readable } from './read-table.ts';
import { widthOf } from './use-model.ts';

/** Multiply–adds of a block: a tenth of a second for the plain backend. */
const BLOCK_WORK = 2 ** 27;
/** Fewer rows would be lost in what is prepared for each block. */
const LEAST_ROWS = 1024;

/** Some rows of a table, and the index of the first. */
export type Block = { readonly rows: Matrix; readonly start: number };

/** All rows in blocks for a model to work on; before each Ctrl-C is listened for. */
export async function* blocks(
  table: Readable,
  model: MixtureModel,
  signal: AbortSignal,
): AsyncGenerator<Block, void, void> {
  const size = Math.max(LEAST_ROWS, Math.floor(BLOCK_WORK / model.components / widthOf(model)));
  for (let start = 0; start < table.rows; start += size) {
    await listen(signal);
    yield { rows: table.read(start, Math.min(table.rows, start + size)), start };
  }
}
