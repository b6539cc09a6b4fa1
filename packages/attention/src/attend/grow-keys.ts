import { type MatrixLike, matrix } from '@mixtention/core';
import { checkOptions, counted, fail, show } from '@mixtention/core/base';
import { bernoulli } from '@mixtention/mixture';
import { attend } from './attend.ts';

/** Keys that grew with what came: how many rows each owns `[K]`, and their sums `[K, D]`. Plain data; growing goes on from it. */
export type GrownKeys = { readonly width: number; readonly counts: Float64Array; readonly sums: Float64Array };

export type GrowKeysOptions = {
  /** α, above −discount: how ready a row is to begin a key of its own. */
  readonly concentration: number;
  /** Of Pitman & Yor, in [0, 1); default 0, the Chinese restaurant. */
  readonly discount?: number | undefined;
  /** Beta(a, b) of every pixel of a key; default 1 and 1. */
  readonly a?: number | undefined;
  readonly b?: number | undefined;
};

/**
 * Keys born while binary rows stream by: each row attends over the keys there are and a null key, and begins one of its own where the null wins.
 *
 *     key_k = [log (a + s_k)/(a + b + n_k) ; log (b + n_k − s_k)/(a + b + n_k)]     bias_k = log (n_k − δ)     null: n = s = 0, bias log (α + δK)
 *
 * Scores are log prior and log predictive of a Dirichlet (Pitman–Yor) process mixture given the assignments so far, so responsibilities are exact given those; taking the
 * best key for good, and never looking back, is greedy: another order of rows may give other keys.
 *
 * @param rows  `[N, D]` of 0 and 1
 * @param from  keys to go on from; null begins with none
 * @returns the keys; of each row its key `[N]`, and how likely it was to begin one, the share of the null key `[N]`: a gauge of how foreign it is
 * @throws BAD_OPTION, BAD_SHAPE, BAD_DATA for a cell that is not 0 or 1
 *
 * Cost: N·K·D.
 * Source: Pitman & Yor (1997), prediction rule; Anderson (1991), the rational model, for one pass of best assignments.
 *
 * @example
 * const { keys, labels } = growKeys([[1, 1, 1, 1], [0, 0, 0, 0], [1, 1, 1, 1]], null, { concentration: 1 });
 * labels; // Int32Array [0, 1, 0]
 * keys.counts; // [2, 1]
 */
export function growKeys(
  rows: MatrixLike,
  from: GrownKeys | null,
  options: GrowKeysOptions,
): { readonly keys: GrownKeys; readonly labels: Int32Array; readonly nullShare: Float64Array } {
  const where = 'attention/growKeys';
  checkOptions(where, options, ['concentration', 'discount', 'a', 'b']);
  const { concentration, discount = 0, a = 1, b = 1 } = options;
  const isPositive = (value: unknown): boolean =>
    typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY;
  if (!(discount >= 0 && discount < 1))
    fail(where, 'BAD_OPTION', `the discount is ${show(discount)}, a number in [0, 1) was due`);
  if (!isPositive(concentration + discount))
    fail(
      where,
      'BAD_OPTION',
      `the concentration is ${show(concentration)}, a finite number above ${-discount} was due`,
    );
  if (!isPositive(a) || !isPositive(b))
    fail(where, 'BAD_OPTION', `the prior is Beta(${show(a)}, ${show(b)}), two finite numbers above 0 were due`);
  const x = matrix(rows, where);
  bernoulli.checkSupport(x);
  const D = x.cols;
  if (from !== null && from.width !== D)
    fail(where, 'BAD_SHAPE', `the rows have ${counted(D, 'column')}, the keys that were to grow ${from.width}`);
  const counts = from === null ? [] : [...from.counts];
  const sums = from === null ? [] : counts.map((_, k) => from.sums.slice(k * D, (k + 1) * D));
  const keyOf = (n: number, s: Float64Array): Float64Array =>
    Float64Array.from({ length: 2 * D }, (_, j) => Math.log((j < D ? a + s[j]! : b + n - s[j - D]!) / (a + b + n)));
  const nothing = keyOf(0, new Float64Array(D));
  const keys = counts.map((n, k) => keyOf(n, sums[k]!));
  const labels = new Int32Array(x.rows);
  const nullShare = new Float64Array(x.rows);
  for (let row = 0; row < x.rows; row++) {
    const cells = Float64Array.from(x.data.subarray(row * D, (row + 1) * D));
    const query = Float64Array.from({ length: 2 * D }, (_, j) => (j < D ? cells[j]! : 1 - cells[j - D]!));
    const K = keys.length;
    const bias = [...counts.map((n) => Math.log(n - discount)), Math.log(concentration + discount * K)];
    const read = attend([query], [...keys, nothing], null, { bias, scale: 1, responsibilities: true, labels: true });
    nullShare[row] = read.responsibilities!.data[K]!;
    const key = read.labels![0]!;
    labels[row] = key;
    if (key === K) {
      counts.push(0);
      sums.push(new Float64Array(D));
    }
    counts[key]!++;
    for (let j = 0; j < D; j++) sums[key]![j]! += cells[j]!;
    keys[key] = keyOf(counts[key]!, sums[key]!);
  }
  const all = new Float64Array(keys.length * D);
  sums.forEach((own, k) => {
    all.set(own, k * D);
  });
  return { keys: { width: D, counts: Float64Array.from(counts), sums: all }, labels, nullShare };
}
