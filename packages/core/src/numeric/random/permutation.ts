import { fail } from '../../base/errors.ts';
import type { RandomSource } from '../../contracts/index.ts';

/**
 * Draws a random order of n things.
 *
 * @param n  at most 2³¹ − 1
 * @returns `[n]`, each of 0 … n − 1 once; every order is equally likely, and its beginning is what `sampleWithoutReplacement` draws
 * @throws MixtentionError BAD_OPTION when n is not a whole number from 0
 *
 * Cost: n bounded integers.
 * Source: Durstenfeld (1964), Algorithm 235.
 *
 * @example
 * permutation(generator(key(0)), 5).toSorted(); // [0, 1, 2, 3, 4]
 */
export function permutation(random: RandomSource, n: number): Int32Array {
  if (!Number.isInteger(n) || !(n >= 0 && n < 2 ** 31)) {
    fail('core/permutation', 'BAD_OPTION', `n is ${n}, a whole number below 2^31 is due`);
  }
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = 0; i < n; i++) {
    const j = i + random.integer(n - i);
    const chosen = order[j]!;
    order[j] = order[i]!;
    order[i] = chosen;
  }
  return order;
}
