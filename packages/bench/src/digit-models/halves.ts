import type { Float64Rows } from '@mixtention/attention/learn';
import type { Matrix } from '@mixtention/core';

export const SIDE = 28;
export const PIXELS = 784;
/** Pixels of half an image */
export const HALF = 392;

/** Images cut through the middle: what is seen, and what is to be told. */
export type Halves = { readonly upper: Float64Rows; readonly lower: Float64Rows };

/** Some images, or all, as halves. */
export function halvesOf({ data, rows }: Matrix, chosen: ArrayLike<number> = allOf(rows)): Halves {
  const [upper, lower] = [0, HALF].map((start) => {
    const half = new Float64Array(chosen.length * HALF);
    for (let i = 0; i < chosen.length; i++) {
      const from = chosen[i]! * PIXELS + start;
      half.set(data.subarray(from, from + HALF), i * HALF);
    }
    return { data: half, rows: chosen.length, cols: HALF };
  });
  return { upper: upper!, lower: lower! };
}

function allOf(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, n) => n);
}
