import type { LinearTerm, Matrix, Scores } from '@mixtention/core';
import { memoize } from '@mixtention/core/base';
import { MOST_FLOAT32_TERM } from '@mixtention/core/kernel';

/** Beyond it a partner may be below 1e-38, where float32 has no digits left, and still count in their product. */
const MOST_ENTRY = 1e30;

/** A bound that is as good as any below it: far from what float32 sums may have as terms */
const SMALL = MOST_FLOAT32_TERM / 4;

/**
 * A bound on the terms that the scores of each query are sums of, `[N]`: their rounding is relative to it.
 *
 *     max_k Σ_d |q_nd k_kd| ≤ min(Σ_d |q_nd| maxₖ |k_kd|, ‖q_n‖ maxₖ ‖k_k‖)     and to it maxₖ b_k where that is above 0
 *
 * The first bound is tight where columns differ in scale, as natural parameters do, the second where keys are alike, as in a layer; where the second is
 * small, it is enough. Biases below 0 are not counted: a key that they leave in the race shows them in the evidence.
 *
 * @returns infinite for numbers that float32 cannot hold
 *
 * Cost: (N + K)·d.
 */
export function scoreSizes({ data, rows: N, cols: d }: Matrix, scores: Scores): Float64Array {
  const { longest, highest } = keyLengths(scores);
  const sizes = new Float64Array(N);
  for (let n = 0; n < N; n++) {
    const length = lengthOf(data, n * d, d);
    const size = length * longest;
    const isSure = size <= SMALL && length <= MOST_ENTRY && longest <= MOST_ENTRY;
    sizes[n] = highest + (isSure ? size : tightSize(data, n * d, columnTops(scores), size));
  }
  return sizes;
}

/** What all queries have in common, made once for all blocks of a head: `maxₖ ‖k_k‖` and `max(0, maxₖ b_k)`. */
const keyLengths = memoize(({ bias, terms }: Scores) => {
  const { natural, width } = terms[0] as LinearTerm;
  let longest = 0;
  for (let start = 0; start < natural.length; start += width) {
    const length = lengthOf(natural, start, width);
    if (length > longest) longest = length;
  }
  return { longest, highest: bias.reduce((a, b) => Math.max(a, b), 0) };
});

/** `maxₖ |k_kd|`, `[d]` */
const columnTops = memoize(({ terms }: Scores) => {
  const { natural, width } = terms[0] as LinearTerm;
  const tops = new Float64Array(width);
  for (let i = 0; i < natural.length; i++) {
    const size = Math.abs(natural[i]!);
    if (size > tops[i % width]!) tops[i % width] = size;
  }
  return tops;
});

/** In four sums that need not wait for one another */
function lengthOf(data: Matrix['data'], start: number, d: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let e = 0;
  let i = start;
  for (const last = start + d - 3; i < last; i += 4) {
    const w = data[i]!;
    const x = data[i + 1]!;
    const y = data[i + 2]!;
    const z = data[i + 3]!;
    a += w * w;
    b += x * x;
    c += y * y;
    e += z * z;
  }
  for (; i < start + d; i++) a += data[i]! * data[i]!;
  return Math.sqrt(a + b + (c + e));
}

function tightSize(data: Matrix['data'], start: number, tops: Float64Array, size: number): number {
  let sum = 0;
  for (let c = 0; c < tops.length; c++) {
    const entry = Math.abs(data[start + c]!);
    if (entry > MOST_ENTRY || tops[c]! > MOST_ENTRY) return Number.POSITIVE_INFINITY;
    sum += entry * tops[c]!;
  }
  return Math.min(sum, size);
}
