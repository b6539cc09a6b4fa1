import type { Matrix, RandomSource } from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import { sampleCategorical } from '@mixtention/core/numeric';
import { type PairDistance, pairDistance } from './pair-distance.ts';
import { checkComponents } from './random-rows.ts';

/**
 * K rows that lie apart: greedy k-means++.
 *
 * The first row is drawn in proportion to the weights. Each further one is the best of `2 + ⌊log K⌋` candidates drawn with probability proportional
 * to weight times squared distance from the nearest centre so far; best is the one that leaves the least sum of those. Rows that equal a centre
 * are never drawn, so centres are distinct; with fewer than K distinct rows the chosen ones are repeated in turn.
 *
 * @param sample  `[B, D]`
 * @param components  K
 * @param weights  w `[B]`, ≥ 0, not all 0; left out, all alike. A row of weight 2 counts as two rows, one of weight 0 as none
 * @param near  the rows as distances are measured, `[B, E]`; left out, as they are
 * @returns centres `[K, D]`, rows of the sample
 * @throws BAD_OPTION when K is no whole number from 1
 *
 * Cost: at most B·K·D·(2 + log K) multiply–adds; distances are given up once they exceed the one that counts,
 * and rows of 0 and 1 are compared 32 cells at a time.
 * Source: Arthur & Vassilvitskii (2007), SODA, with the greedy trials of their section 5.
 *
 * @example
 * kMeansPlusPlus(faithful(), 10, generator(key(0))).rows; // 10
 */
export function kMeansPlusPlus(
  sample: Matrix,
  components: number,
  random: RandomSource,
  weights: Float64Array | null = null,
  near: Matrix = sample,
): Matrix {
  return takeRows(sample, chooseApart(near, components, random, weights));
}

/** The numbers of K rows that lie apart, `[K]`. */
export function chooseApart(
  sample: Matrix,
  components: number,
  random: RandomSource,
  weights: Float64Array | null,
): number[] {
  checkComponents(sample, components, 'mixture/kMeansPlusPlus');
  const chosen = [weights === null ? random.integer(sample.rows) : sampleCategorical(random, weights)];
  const distance = pairDistance(sample);
  const unseen = new Float64Array(sample.rows).fill(Number.POSITIVE_INFINITY);
  let nearest: Nearest = distancesTo(distance, chosen[0]!, { squares: unseen, masses: unseen, total: 0 }, weights);
  const trials = 2 + Math.floor(Math.log(components));
  while (chosen.length < components && nearest.total > 0) {
    let best: { row: number; left: Nearest } | null = null;
    for (let trial = 0; trial < trials; trial++) {
      const row = draw(nearest, random);
      const left = distancesTo(distance, row, nearest, weights);
      if (best === null || left.total < best.left.total) best = { row, left };
    }
    chosen.push(best!.row);
    nearest = best!.left;
  }
  const distinct = chosen.length;
  while (chosen.length < components) chosen.push(chosen[chosen.length - distinct]!);
  return chosen;
}

/** By row the squared distance from its nearest centre, and that times its weight, `[B]` each; and the sum of the latter. */
type Nearest = { readonly squares: Float64Array; readonly masses: Float64Array; readonly total: number };

function distancesTo(distance: PairDistance, center: number, before: Nearest, weights: Float64Array | null): Nearest {
  let total = 0;
  const squares = new Float64Array(before.squares.length);
  for (let n = 0; n < squares.length; n++) {
    const limit = before.squares[n]!;
    const square = Math.min(limit, distance(n, center, limit));
    total += weights === null ? square : weights[n]! * square;
    squares[n] = square;
  }
  return { squares, masses: weights === null ? squares : squares.map((square, n) => weights[n]! * square), total };
}

/** A row with probability proportional to its mass; never one of mass 0. */
function draw({ masses, total }: Nearest, random: RandomSource): number {
  let left = random.uniform() * total;
  let last = -1;
  for (let n = 0; n < masses.length; n++) {
    if (masses[n] === 0) continue;
    last = n;
    left -= masses[n]!;
    if (left < 0) return n;
  }
  return last; // also where rounding leaves a rest after all others
}
