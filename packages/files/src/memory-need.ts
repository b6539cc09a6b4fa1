import { statSync } from 'node:fs';
import { findInPlace } from './find-in-place.ts';
import { STDIN } from './read-bytes.ts';
import type { ReadMatrixOptions } from './read-matrix.ts';

/** A text is in memory beside its numbers, of 8 bytes for about as many characters, and those are copied once into the memory of a data set. */
const TEXT = 3;
/** What gzip makes of texts of numbers. */
const PACKED = 3;

/**
 * Memory that the rows of a file take to be fitted, as far as the file tells before it is read: exactly, where numbers can be read in place; for a text
 * about three times its size; null of standard input.
 *
 * @throws DataError as `openSource` does for what is wrong with a header
 *
 * @example
 * await writeFileAtomic('points.npy', writeNpy({ data: Float64Array.of(1, 2, 3, 4), rows: 2, cols: 2 }));
 * memoryNeed('points.npy').bytes; // 32
 */
export function memoryNeed(
  path: string,
  options: Omit<ReadMatrixOptions, 'maxBytes'> = {},
): { readonly bytes: number | null; readonly inPlace: boolean } {
  if (path === STDIN) return { bytes: null, inPlace: false };
  const place = findInPlace(path, options);
  if (place !== null) return { bytes: place.size - place.offset, inPlace: true };
  const { size } = statSync(path);
  return { bytes: size * TEXT * (/\.gz$/i.test(path) ? PACKED : 1), inPlace: false };
}
