import type { Key, Shard } from '@mixtention/core';
import { generator, sampleWithoutReplacement, split } from '@mixtention/core/numeric';

/** Some rows of a shard, and what their sums are multiplied by to stand for the whole shard. */
export type Minibatch = { readonly rows: Int32Array; readonly scale: number };

/**
 * Draws a random part of a shard, without replacement; every shard is drawn from, in proportion to its rows (stratified).
 *
 * Each row is in with the same probability m/B, so `scale · Σ_minibatch f` has the expectation `Σ_shard f`.
 *
 * @param key       of the run; the draw depends on it, the step and the shard's index alone
 * @param fraction  of the rows, in (0, 1]; at least one row is drawn
 *
 * Cost: O(m).
 */
export function drawMinibatch(
  key: Key,
  step: number,
  shard: Pick<Shard, 'index' | 'rows'>,
  fraction: number,
): Minibatch {
  const count = Math.min(shard.rows, Math.max(1, Math.round(fraction * shard.rows)));
  const rows = sampleWithoutReplacement(generator(split(key, 'minibatch', step, shard.index)), shard.rows, count);
  return { rows: rows.sort(), scale: count === 0 ? 1 : shard.rows / count };
}
