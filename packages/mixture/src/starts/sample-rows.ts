import type { Matrix, RandomSource, Transform } from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import { applyTransform } from '@mixtention/core/data';
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
 * @param x  `[N, D]`, user space
 * @returns `[min(N, limit), D]` in float64, whatever the precision of x
 *
 * Cost: limit·D copied; with weights and more rows than the limit, a sort of N keys.
 * Source: Efraimidis & Spirakis (2006), Information Processing Letters 97, for the weighted draw.
 */
export function sampleRows(
  x: Matrix,
  options: { weights: Float64Array | null; transform: Transform; components: number; random: RandomSource },
): Matrix {
  const { weights, transform, components: K, random } = options;
  // 2 + log K candidates a centre, as k-means++ tries.
  const work = K * x.cols * (2 + Math.log(K));
  const limit = Math.min(MOST_ROWS, Math.max(2 * K, Math.floor(MOST_WORK / work)));
  return applyTransform(takeRows(x, chooseRows(x.rows, weights, limit, random)), transform);
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
