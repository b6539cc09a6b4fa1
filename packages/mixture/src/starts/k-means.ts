import type { Matrix, RandomSource } from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import { chooseApart } from './k-means-plus-plus.ts';
import { squaredDistance } from './squared-distance.ts';

/** Centres `[K, D]`, with the label of every row and J, the sum of squared distances, after every pass over the sample. */
export type KMeansCenters = Matrix & {
  readonly labels: Int32Array;
  readonly costs: readonly number[];
};

/** Passes at most; labels repeat long before that on any sample of a start. */
const MOST_PASSES = 100;

/**
 * Centres by Lloyd's algorithm from a k-means++ start.
 *
 *     z_n = argmin_k ‖x_n − m_k‖²      m_k = weighted mean of the rows of k      J = Σ w_n ‖x_n − m_{z_n}‖²
 *
 * It stops when the labels repeat, which makes the centres a fixed point. J never rises. A centre that loses all its rows stays where it
 * was. With fewer than K distinct rows the surplus centres repeat others and own no row.
 *
 * @param sample  `[B, D]`
 * @param components  K
 * @param weights  w `[B]`, ≥ 0, not all 0; left out, all 1
 * @param near  the rows as distances are measured, `[B, E]`; left out, as they are. Centres are the means of their rows either way
 * @returns centres `[K, D]` with labels `[B]` and J of each pass
 * @throws BAD_OPTION when K is no whole number from 1
 *
 * Cost: at most B·K·D multiply–adds a pass; distances are given up once they exceed the least so far.
 * Source: Lloyd (1982), IEEE Transactions on Information Theory 28, 129–137.
 *
 * @example
 * const { costs } = kMeansCenters(matrix([[0], [1], [10], [11]]), 2, generator(key(0)));
 * costs.at(-1); // 1
 */
export function kMeansCenters(
  sample: Matrix,
  components: number,
  random: RandomSource,
  weights: Float64Array | null = null,
  near: Matrix = sample,
): KMeansCenters {
  const chosen = chooseApart(near, components, random, weights);
  const centers = Float64Array.from(takeRows(near, chosen).data);
  const labels = new Int32Array(sample.rows).fill(-1);
  const costs: number[] = [];
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const { cost, changed } = assign(near, centers, weights, labels);
    costs.push(cost);
    if (!changed) break;
    moveToMeans(near, centers, weights, labels);
  }
  if (near === sample) return { data: centers, rows: components, cols: sample.cols, labels, costs };
  const own = Float64Array.from(takeRows(sample, chosen).data);
  moveToMeans(sample, own, weights, labels);
  return { data: own, rows: components, cols: sample.cols, labels, costs };
}

/** Writes the nearest centre of every row to `labels`; of equally near ones the label that the row has, else the first. */
function assign(
  { data, rows, cols }: Matrix,
  centers: Float64Array,
  weights: Float64Array | null,
  labels: Int32Array,
): { cost: number; changed: boolean } {
  const components = centers.length / cols;
  let cost = 0;
  let changed = false;
  for (let n = 0; n < rows; n++) {
    const old = labels[n]!;
    let best = old;
    let least =
      old < 0
        ? Number.POSITIVE_INFINITY
        : squaredDistance(data, n * cols, centers, old * cols, cols, Number.POSITIVE_INFINITY);
    for (let k = 0; k < components; k++) {
      const square = squaredDistance(data, n * cols, centers, k * cols, cols, least);
      if (square < least) [least, best] = [square, k];
    }
    cost += weights === null ? least : weights[n]! * least;
    changed ||= best !== old;
    labels[n] = best;
  }
  return { cost, changed };
}

function moveToMeans(
  { data, rows, cols }: Matrix,
  centers: Float64Array,
  weights: Float64Array | null,
  labels: Int32Array,
): void {
  const components = centers.length / cols;
  const sums = new Float64Array(components * cols);
  const counts = new Float64Array(components);
  for (let n = 0; n < rows; n++) {
    const k = labels[n]!;
    const w = weights === null ? 1 : weights[n]!;
    counts[k]! += w;
    for (let d = 0; d < cols; d++) sums[k * cols + d]! += w * data[n * cols + d]!;
  }
  for (let i = 0; i < sums.length; i++) {
    const count = counts[Math.floor(i / cols)]!;
    if (count > 0) centers[i] = sums[i]! / count;
  }
}
