import type { Matrix, RandomSource } from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import { sampleCategorical } from '@mixtention/core/numeric';
import { pairDistance } from './pair-distance.ts';
import { checkComponents } from './random-rows.ts';

/** A row within half the distance of its centre to a candidate has none nearer in that (a quarter of squares), but for rounding. */
const OWN = (1 - 1e-9) / 4;

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
 * Cost: at most B·K·D·(2 + log K) multiply–adds; rows that the triangle inequality leaves to their centre are passed over, distances are given up once
 * they exceed the one that counts, and rows of 0 and 1 are compared 32 cells at a time.
 * Source: Arthur & Vassilvitskii (2007), SODA, with the greedy trials of their section 5; Elkan (2003), ICML, lemma 1, for the rows passed over.
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
  // By row: the least square so far, which centre has it; the squares with the best candidate, and with another.
  let nearest = new Float64Array(sample.rows);
  for (let n = 0; n < nearest.length; n++) nearest[n] = distance(n, chosen[0]!, Number.POSITIVE_INFINITY);
  const owners = new Int32Array(sample.rows);
  let best = new Float64Array(sample.rows);
  let other = new Float64Array(sample.rows);
  let left = total(nearest, weights);
  const trials = 2 + Math.floor(Math.log(components));
  while (chosen.length < components && left > 0) {
    let row = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let trial = 0; trial < trials; trial++) {
      const candidate = draw(nearest, left, { weights, random });
      const reach = Float64Array.from(chosen, (center) => OWN * distance(candidate, center, Number.POSITIVE_INFINITY));
      for (let n = 0; n < other.length; n++) {
        const square = nearest[n]!;
        other[n] = square <= reach[owners[n]!]! ? square : Math.min(square, distance(n, candidate, square));
      }
      const sum = total(other, weights);
      if (row >= 0 && !(sum < least)) continue;
      [row, least, best, other] = [candidate, sum, other, best];
    }
    for (let n = 0; n < owners.length; n++) if (best[n]! < nearest[n]!) owners[n] = chosen.length;
    chosen.push(row);
    left = least;
    [nearest, best] = [best, nearest];
  }
  const distinct = chosen.length;
  while (chosen.length < components) chosen.push(chosen[chosen.length - distinct]!);
  return chosen;
}

/** Σ w_n d_n². */
function total(squares: Float64Array, weights: Float64Array | null): number {
  let sum = 0;
  for (let n = 0; n < squares.length; n++) sum += weights === null ? squares[n]! : weights[n]! * squares[n]!;
  return sum;
}

/** A row with probability proportional to its weight times its square; never one where that is 0. */
function draw(
  squares: Float64Array,
  sum: number,
  { weights, random }: { readonly weights: Float64Array | null; readonly random: RandomSource },
): number {
  let left = random.uniform() * sum;
  let last = -1;
  for (let n = 0; n < squares.length; n++) {
    const mass = weights === null ? squares[n]! : weights[n]! * squares[n]!;
    if (mass === 0) continue;
    last = n;
    left -= mass;
    if (left < 0) return n;
  }
  return last; // also where rounding leaves a rest after all others
}
