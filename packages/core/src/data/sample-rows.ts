import { memoize } from '../base/memoize.ts';
import type { Dataset, RandomSource, Sample } from '../contracts/index.ts';
import { generator, key, sampleWithoutReplacement } from '../numeric/index.ts';
import { takeRowsOf } from './take-rows-of.ts';

/** Rows that a start may look at: enough to find components of a thousandth of the data. */
const MOST_ROWS = 20_000;
/** Cells of a sample that is kept for the next start: 32 MiB. */
const MOST_KEPT = 2 ** 22;
/** Multiply–adds of k-means++ over the sample, some half a second in JavaScript. */
const MOST_WORK = 4e8;

/**
 * A bounded sample of rows in the space of the fit, for choosing starts: all rows that weigh anything where they are few, else a random part.
 *
 * Weighted rows are drawn in proportion to their weights, each from a stratum of its own, and count as often as they were drawn. Rows come in
 * the order of the data.
 *
 * @returns `[min(N, limit), D]` in float64, whatever the type of the rows, with their weights; the same object for every start where it holds all rows
 *
 * Cost: limit·D copied; with weights and more rows than the limit, one pass over the weights.
 *
 * @example
 * const random = generator(key(1));
 * sampleRows(dataset(faithful()), { components: 2, random }).rows; // 272
 */
export function sampleRows(
  data: Dataset,
  { components: K, random }: { readonly components: number; readonly random: RandomSource },
): Sample {
  // 2 + log K candidates a centre, as k-means++ tries.
  const work = K * data.width * (2 + Math.log(K));
  const limit = Math.min(MOST_ROWS, Math.max(2 * K, Math.floor(MOST_WORK / work)));
  // All rows are the same ones for every start: what they look at is made once.
  const isWhole = data.rows <= limit && data.rows * data.width <= MOST_KEPT;
  return isWhole ? wholeOf(data) : drawRows(data, limit, random);
}

const wholeOf = memoize((data: Dataset): Sample => drawRows(data, data.rows, generator(key(0))));

/**
 * So many rows of a data set in the space of its transform, drawn as `sampleRows` draws them; all that weigh anything where they are no more.
 *
 * @param limit  rows at most
 * @returns `[min(N, limit), D]` in float64, with their weights
 *
 * Cost: limit·D copied; with weights and more rows than the limit, one pass over the weights.
 *
 * @example
 * drawRows(dataset(faithful()), 50, generator(key(1))).rows; // 50
 */
export function drawRows(data: Dataset, limit: number, random: RandomSource): Sample {
  const { rows, weights } = chooseRows(data.rows, data.sides.weights, limit, random);
  return { ...takeRowsOf(data, rows), weights };
}

type Chosen = { readonly rows: Int32Array; readonly weights: Float64Array | null };

function chooseRows(rows: number, weights: Float64Array | null, limit: number, random: RandomSource): Chosen {
  if (weights === null) return { rows: chooseSome(rows, limit, random), weights: null };
  const owned = Int32Array.from({ length: rows }, (_, n) => n).filter((n) => weights[n]! > 0);
  // Weights all alike are none: rows of weight 0 are as good as not there.
  if (owned.every((n) => weights[n] === weights[owned[0]!]))
    return { rows: chooseSome(owned.length, limit, random).map((i) => owned[i]!), weights: null };
  if (owned.length <= limit) return { rows: owned, weights: Float64Array.from(owned, (n) => weights[n]!) };
  return drawByWeight(owned, weights, limit, random);
}

/** Numbers below `count`, rising: all of them, or `limit` at random. */
function chooseSome(count: number, limit: number, random: RandomSource): Int32Array {
  if (count <= limit) return Int32Array.from({ length: count }, (_, i) => i);
  return sampleWithoutReplacement(random, count, limit).sort();
}

/** One draw from each of `limit` strata of equal weight; a row that is drawn several times counts as often. */
function drawByWeight(owned: Int32Array, weights: Float64Array, limit: number, random: RandomSource): Chosen {
  const stratum = owned.reduce((sum, n) => sum + weights[n]!, 0) / limit;
  const chosen: number[] = [];
  const times: number[] = [];
  let drawn = 0;
  let next = random.uniform() * stratum;
  let below = 0;
  for (const n of owned) {
    below += weights[n]!;
    let count = 0;
    for (; next < below && drawn < limit; count++) next = (++drawn + random.uniform()) * stratum;
    if (count === 0) continue;
    chosen.push(n);
    times.push(count);
  }
  return { rows: Int32Array.from(chosen), weights: Float64Array.from(times) };
}
