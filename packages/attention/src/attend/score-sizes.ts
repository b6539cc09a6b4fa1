import type { LinearTerm, Matrix, Scores } from '@mixtention/core';
import { memoize } from '@mixtention/core/base';

/** Beyond it a partner may be below 1e-38, where float32 has no digits left, and still count in their product. */
const MOST_ENTRY = 1e30;

/**
 * A bound on the terms that the scores of each query are sums of, `[N]`: their rounding is relative to it.
 *
 *     max_k Σ_d |q_nd k_kd| ≤ min(Σ_d |q_nd| maxₖ |k_kd|, ‖q_n‖ maxₖ ‖k_k‖)     and to it maxₖ b_k where that is above 0
 *
 * The first bound is tight where columns differ in scale, as natural parameters do, the second where keys are alike, as in a layer.
 * Biases below 0 are not counted: a key that they leave in the race shows them in the evidence.
 *
 * @returns infinite for numbers that float32 cannot hold
 *
 * Cost: (N + K)·d.
 */
export function scoreSizes({ data, rows: N, cols: d }: Matrix, scores: Scores): Float64Array {
  const { tops, longest, highest } = keySizes(scores);
  if (tops.some((top) => top > MOST_ENTRY)) return new Float64Array(N).fill(Number.POSITIVE_INFINITY);
  const sizes = new Float64Array(N);
  for (let n = 0; n < N; n++) sizes[n] = highest + querySize(data, n * d, tops, longest);
  return sizes;
}

/** What all queries have in common: made once for all blocks of a head. */
const keySizes = memoize(({ bias, terms }: Scores) => {
  const { natural, width } = terms[0] as LinearTerm;
  // `maxₖ |k_kd|`, `[d]`, and `maxₖ ‖k_k‖²`
  const tops = new Float64Array(width);
  let most = 0;
  for (let start = 0; start < natural.length; start += width) {
    let square = 0;
    for (let c = 0; c < width; c++) {
      const size = Math.abs(natural[start + c]!);
      square += size * size;
      if (size > tops[c]!) tops[c] = size;
    }
    if (square > most) most = square;
  }
  return { tops, longest: Math.sqrt(most), highest: bias.reduce((a, b) => Math.max(a, b), 0) };
});

function querySize(data: Matrix['data'], start: number, tops: Float64Array, longest: number): number {
  let sum = 0;
  let square = 0;
  for (let c = 0; c < tops.length; c++) {
    const size = Math.abs(data[start + c]!);
    if (size > MOST_ENTRY) return Number.POSITIVE_INFINITY;
    sum += size * tops[c]!;
    square += size * size;
  }
  return Math.min(sum, Math.sqrt(square) * longest);
}
