import { writeNpy } from '@mixtention/files';
import type { Approximation } from '@mixtention/svi';
import { csvParts } from './csv-parts.ts';
import { isNpy } from './use-model.ts';

/** Draws as the name of their file says: npy, else CSV with names of columns. */
export function drawsFile(
  path: string,
  { columns, rows, cols, data }: Approximation['draws'],
  signal: AbortSignal,
): Uint8Array | Iterable<string> {
  if (isNpy(path)) return writeNpy({ data, rows, cols });
  return csvParts({ names: columns, rows, cells: (n) => data.subarray(n * cols, (n + 1) * cols) }, signal);
}
