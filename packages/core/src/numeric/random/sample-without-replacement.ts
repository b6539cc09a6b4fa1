import { fail } from '../../base/errors.ts';
import type { RandomSource } from '../../contracts/index.ts';

/**
 * Draws distinct indices in random order: the beginning of a random permutation, without making the rest.
 *
 * @param n      how many there are, at most 2³¹ − 1
 * @param count  how many to draw, from 0 to n
 * @returns `[count]` distinct whole numbers from 0 to n − 1; every ordered choice is equally likely
 * @throws MixtentionError BAD_OPTION for a count outside 0 … n
 *
 * Cost: O(count) time and memory, however large n is.
 * Source: Durstenfeld (1964), Algorithm 235, with the moved entries kept in a map.
 *
 * @example
 * new Set(sampleWithoutReplacement(generator(key(0)), 1_000_000, 3)).size; // 3: different rows
 */
export function sampleWithoutReplacement(random: RandomSource, n: number, count: number): Int32Array {
  if (!Number.isInteger(n) || !(n >= 0 && n < 2 ** 31)) {
    fail('core/sampleWithoutReplacement', 'BAD_OPTION', `n is ${n}, a whole number below 2^31 is due`);
  }
  if (!Number.isInteger(count) || !(count >= 0 && count <= n)) {
    fail('core/sampleWithoutReplacement', 'BAD_OPTION', `count is ${count}, a whole number from 0 to ${n} is due`);
  }
  const drawn = new Int32Array(count);
  // Of a good part of the numbers an array is quicker than a map of those that moved; what is drawn is the same.
  if (n <= 64 * count) {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = 0; i < count; i++) {
      const j = i + random.integer(n - i);
      drawn[i] = order[j]!;
      order[j] = order[i]!;
    }
    return drawn;
  }
  const moved = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(n - i);
    drawn[i] = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
  return drawn;
}
