import type { Matrix, RandomSource } from '@mixtention/core';
import { fail, takeRows } from '@mixtention/core/base';
import { permutation } from '@mixtention/core/numeric';

/**
 * K rows drawn at random, distinct in value as far as there are distinct rows.
 *
 * Rows are tried in random order, heavier ones sooner, and one that repeats a chosen row is passed over. With fewer than K distinct rows the chosen ones are
 * repeated in turn, so that callers get K centres and can tell the surplus by its equality.
 *
 * @param sample  `[B, D]`
 * @param components  K
 * @param weights  w `[B]`, ≥ 0, not all 0; left out, all alike. Each row is drawn in proportion to its weight among those that are left
 * @returns centres `[K, D]`
 * @throws BAD_OPTION when K is no whole number from 1
 *
 * Cost: a permutation of B (a sort under weights), and one comparison of text a row tried.
 * Source: Efraimidis & Spirakis (2006), Information Processing Letters 97, for the weighted draw.
 *
 * @example
 * randomRows(faithful(), 3, generator(key(0))).rows; // 3
 */
export function randomRows(
  sample: Matrix,
  components: number,
  random: RandomSource,
  weights: Float64Array | null = null,
): Matrix {
  checkComponents(sample, components, 'mixture/randomRows');
  const chosen: number[] = [];
  const seen = new Set<string>();
  for (const row of weights === null ? permutation(random, sample.rows) : weightedOrder(random, weights)) {
    if (chosen.length === components) break;
    const text = sample.data.subarray(row * sample.cols, (row + 1) * sample.cols).join();
    if (!seen.has(text)) chosen.push(row);
    seen.add(text);
  }
  const distinct = chosen.length;
  while (chosen.length < components) chosen.push(chosen[chosen.length - distinct]!);
  return takeRows(sample, chosen);
}

/** Refuses a number of components that is no count, and a sample without rows. */
export function checkComponents(sample: Matrix, components: number, where: string): void {
  if (!Number.isSafeInteger(components) || components < 1) {
    fail(where, 'BAD_OPTION', `components is ${String(components)}, a whole number from 1 was due`);
  }
  if (sample.rows === 0) fail(where, 'BAD_DATA', 'the sample is empty, at least one row was due');
}

/** Rows of weight above 0 in random order, each drawn in proportion to its weight among those that are left: by the keys log u / w. */
function weightedOrder(random: RandomSource, weights: Float64Array): Int32Array {
  const keys = weights.map((w) => (w > 0 ? Math.log(random.uniform()) / w : Number.NEGATIVE_INFINITY));
  return Int32Array.from(weights.keys())
    .filter((n) => weights[n]! > 0)
    .sort((a, b) => keys[b]! - keys[a]!);
}
