import { type ColumnOptions, chooseColumns, gapsOf, pickColumns } from './choose-columns.ts';
import { decode, type PromisedLayout } from './decode.ts';
import type { FileMatrix } from './file-matrix.ts';
import { checkLength } from './limits.ts';

/** The chosen columns of numbers that lie in a file as its header promises. */
export function decodeChosen(
  bytes: Uint8Array,
  layout: PromisedLayout,
  { name, options = {} }: { readonly name: string; readonly options?: ColumnOptions },
): FileMatrix {
  const { rows, cols, length, promise } = layout;
  checkLength(bytes.length, length, promise, name);
  const choice = chooseColumns(options, { names: null, cols, name });
  const data = decode(bytes, layout, { name, gaps: gapsOf(options, choice, { names: null, cols }) });
  return choice === null ? { data, rows, cols } : pickColumns({ data, rows, cols }, choice, name);
}
