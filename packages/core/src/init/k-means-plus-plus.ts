import { takeRows } from '../matrix.ts';
import type { Matrix, RandomSource } from '../types.ts';
import { checkComponents } from './random-rows.ts';
import { squaredDistance } from './squared-distance.ts';

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
 * Cost: at most B·K·D·(2 + log K) multiply–adds; distances are given up once they exceed the one that counts.
 * Source: Arthur & Vassilvitskii (2007), SODA, with the greedy trials of their section 5.
 *
 * @example
 * kMeansPlusPlus(sample, 10, generator(key(0)));
 */
export function kMeansPlusPlus(sample: Matrix, components: number, random: RandomSource): Matrix {
  checkComponents(sample, components, 'core/kMeansPlusPlus');
  const chosen = [random.integer(sample.rows)];
  let nearest: Nearest = distancesTo(sample, chosen[0]!, null);
  const trials = 2 + Math.floor(Math.log(components));
  while (chosen.length < components && nearest.total > 0) {
    let best: { row: number; left: Nearest } | null = null;
    for (let trial = 0; trial < trials; trial++) {
      const row = draw(nearest, random);
      const left = distancesTo(sample, row, nearest);
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

function distancesTo({ data, rows, cols }: Matrix, center: number, before: Nearest | null): Nearest {
  const squares = new Float64Array(rows);
  let total = 0;
  for (let n = 0; n < rows; n++) {
    const limit = before === null ? Number.POSITIVE_INFINITY : before.squares[n]!;
    const square = squaredDistance(data, n * cols, data, center * cols, cols, limit);
    squares[n] = Math.min(limit, square);
    total += squares[n]!;
  }
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
