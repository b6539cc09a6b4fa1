import type { Matrix, RandomSource } from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import { type PairDistance, pairDistance } from './pair-distance.ts';
import { checkComponents } from './random-rows.ts';

/**
 * K rows that lie apart: greedy k-means++.
 *
 * The first row is drawn at random. Each further one is the best of `2 + ⌊log K⌋` candidates drawn with probability proportional to the
 * squared distance from the nearest centre so far; best is the one that leaves the least sum of those distances. Rows that equal a centre
 * are never drawn, so centres are distinct; with fewer than K distinct rows the chosen ones are repeated in turn.
 *
 * @param sample  `[B, D]`
 * @param components  K
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
export function kMeansPlusPlus(sample: Matrix, components: number, random: RandomSource): Matrix {
  checkComponents(sample, components, 'mixture/kMeansPlusPlus');
  const chosen = [random.integer(sample.rows)];
  const distance = pairDistance(sample);
  let nearest: Nearest = distancesTo(distance, chosen[0]!, {
    squares: new Float64Array(sample.rows).fill(Number.POSITIVE_INFINITY),
    total: 0,
  });
  const trials = 2 + Math.floor(Math.log(components));
  while (chosen.length < components && nearest.total > 0) {
    let best: { row: number; left: Nearest } | null = null;
    for (let trial = 0; trial < trials; trial++) {
      const row = draw(nearest, random);
      const left = distancesTo(distance, row, nearest);
      if (best === null || left.total < best.left.total) best = { row, left };
    }
    chosen.push(best!.row);
    nearest = best!.left;
  }
  const distinct = chosen.length;
  while (chosen.length < components) chosen.push(chosen[chosen.length - distinct]!);
  return takeRows(sample, chosen);
}

/** Squared distance of every row from its nearest centre, `[B]`, and their sum. */
type Nearest = { readonly squares: Float64Array; readonly total: number };

function distancesTo(distance: PairDistance, center: number, before: Nearest): Nearest {
  let total = 0;
  const squares = before.squares.map((limit, n) => {
    const square = Math.min(limit, distance(n, center, limit));
    total += square;
    return square;
  });
  return { squares, total };
}

/** A row with probability proportional to its squared distance; never one of distance 0. */
function draw({ squares, total }: Nearest, random: RandomSource): number {
  let left = random.uniform() * total;
  let last = -1;
  for (let n = 0; n < squares.length; n++) {
    if (squares[n] === 0) continue;
    last = n;
    left -= squares[n]!;
    if (left < 0) return n;
  }
  return last; // also where rounding leaves a rest after all others
}
