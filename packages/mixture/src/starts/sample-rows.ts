import type { Dataset, Matrix, RandomSource } from '@mixtention/core';
import { takeRowsOf } from '@mixtention/core/data';
import { sampleWithoutReplacement } from '@mixtention/core/numeric';

/** Rows that a start may look at: enough to find components of a thousandth of the data. */
const MOST_ROWS = 20_000;
/** Multiply–adds of k-means++ over the sample, some half a second in JavaScript. */
const MOST_WORK = 4e8;

/**
 * A bounded sample of rows in the space of the fit, for choosing starts: all rows that weigh anything where they are few, else a random part.
 *
 * Rows are drawn without replacement in proportion to their weights, and come in the order of the data.
 *
 * @returns `[min(N, limit), D]` in float64
 *
 * Cost: limit·D copied; with weights and more rows than the limit, a sort of N keys.
 * Source: Efraimidis & Spirakis (2006), Information Processing Letters 97, for the weighted draw.
 */
export function sampleRows(
  data: Dataset,
  { components: K, random }: { readonly components: number; readonly random: RandomSource },
): Matrix {
  // 2 + log K candidates a centre, as k-means++ tries.
  const work = K * data.width * (2 + Math.log(K));
  const limit = Math.min(MOST_ROWS, Math.max(2 * K, Math.floor(MOST_WORK / work)));
  return takeRowsOf(data, chooseRows(data.rows, data.sides.weights, limit, random));
}

function chooseRows(rows: number, weights: Float64Array | null, limit: number, random: RandomSource): Int32Array {
  if (weights === null) {
    if (rows <= limit) return Int32Array.from({ length: rows }, (_, n) => n);
    return sampleWithoutReplacement(random, rows, limit).sort();
  }
  const owned = Int32Array.from(weights.keys()).filter((n) => weights[n]! > 0);
  if (owned.length <= limit) return owned;
  // log u / w: the largest keys are a draw without replacement in proportion to w.
  const keys = new Float64Array(rows);
  for (const n of owned) keys[n] = Math.log(random.uniform()) / weights[n]!;
  return owned
    .sort((a, b) => keys[b]! - keys[a]!)
    .slice(0, limit)
    .sort();
}
