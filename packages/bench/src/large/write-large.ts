import { closeSync, openSync, writeSync } from 'node:fs';
import { npyHeader } from '@mixtention/files';
import { plantedGaussians } from '../speed/planted.ts';

const PART_ROWS = 250_000;

/** Writes a `.npy` file of float32 rows, part by part: planted rows that repeat, since it is their number that counts. */
export function writeLarge(path: string, { rows, cols }: { readonly rows: number; readonly cols: number }): void {
  const { data } = plantedGaussians(PART_ROWS, cols, 8);
  const fd = openSync(path, 'w');
  try {
    writeSync(fd, npyHeader(4, rows, cols));
    for (let row = 0; row < rows; row += PART_ROWS)
      writeSync(fd, new Uint8Array(data.buffer, 0, 4 * cols * Math.min(PART_ROWS, rows - row)));
  } finally {
    closeSync(fd);
  }
}
