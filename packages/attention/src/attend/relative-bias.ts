import type { PairBias, ScoreVisit } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';

/** Where queries and keys stand. */
export type Places = { readonly queries: Float64Array; readonly keys: Float64Array };

/** A table of 2R + 1 biases, checked. */
export function readRelative(where: string, table: ArrayLike<number>): Float64Array {
  if (table.length % 2 !== 1)
    fail(
      where,
      'BAD_SHAPE',
      `the relative bias holds ${counted(table.length, 'number')}, an odd count was due: one for each distance −R … R`,
    );
  const own = Float64Array.from(table);
  const bad = own.findIndex((b) => !(b < Number.POSITIVE_INFINITY));
  if (bad >= 0)
    fail(
      where,
      'NOT_FINITE',
      `number ${bad} of the relative bias (counted from 0) is ${own[bad]}, a finite number or −∞ was due`,
    );
  return own;
}

/** The place in the table of each pair's distance `q_k − p_n`, rounded, and cut at its ends. */
function placeOf(ahead: number, R: number): number {
  return Math.min(R, Math.max(-R, Math.round(ahead))) + R;
}

/** Adds a learnt log prior of the distance: `b_nk = table[clip(q_k − p_n) + R]`, a tile at a time. */
export function relativeBias(table: Float64Array, { queries, keys }: Places): PairBias {
  const R = (table.length - 1) / 2;
  const K = keys.length;
  return (start, count, out) => {
    for (let n = 0; n < count; n++) {
      const p = queries[start + n]!;
      for (let k = 0; k < K; k++) out[n * K + k]! += table[placeOf(keys[k]! - p, R)]!;
    }
  };
}

/** Adds up what tiles of `∂ℒ/∂L` tell of the table. */
export function relativeGradient(into: Float64Array, { queries, keys }: Places): ScoreVisit {
  const R = (into.length - 1) / 2;
  const K = keys.length;
  return (start, count, slopes) => {
    for (let n = 0; n < count; n++) {
      const p = queries[start + n]!;
      for (let k = 0; k < K; k++) into[placeOf(keys[k]! - p, R)]! += slopes[n * K + k]!;
    }
  };
}
