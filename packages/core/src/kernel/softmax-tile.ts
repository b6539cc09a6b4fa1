/** A tile of scores `[count, K]`, and what the softmax tells of its rows. */
export type SoftmaxTile = {
  /** Scores, and then responsibilities. */
  readonly R: Float64Array;
  readonly count: number;
  /** `log Σₖ exp L_nk` `[count]` */
  readonly evidence: Float64Array;
  /** The best component `[count]` */
  readonly best: Int32Array;
  /** `−Σₖ r_nk log r_nk` `[count]`, where it is wanted */
  readonly entropy: Float64Array | null;
};

/** Sums over keys go on block by block, so that their rounding grows with K/1024 and not with K. */
export const BLOCK = 1024;

/**
 * In place: scores become responsibilities, with evidence, best component and entropy of each row.
 *
 * A row whose scores are all −∞ becomes all 0, with evidence −∞, best −1 and entropy 0. One with a score that is no number becomes NaN, evidence and entropy too.
 */
export function softmaxTile({ R, count, evidence, best, entropy }: SoftmaxTile, K: number): void {
  for (let n = 0; n < count; n++) {
    const at = n * K;
    let top = Number.NEGATIVE_INFINITY;
    let winner = -1;
    for (let k = 0; k < K; k++) {
      if (R[at + k]! > top) {
        top = R[at + k]!;
        winner = k;
      }
    }
    best[n] = winner;
    if (winner < 0) {
      const nothing = R.subarray(at, at + K).some(Number.isNaN) ? Number.NaN : 0;
      evidence[n] = Number.NEGATIVE_INFINITY + nothing;
      if (entropy !== null) entropy[n] = nothing;
      R.fill(nothing, at, at + K);
      continue;
    }
    const below = entropy === null ? 0 : meanBelow(R, at, K, top);
    const sum = exponentiate(R, at, at + K, top);
    evidence[n] = top + Math.log(sum);
    // Two sums of one sign: nothing cancels.
    if (entropy !== null) entropy[n] = Math.log(sum) + below / sum;
    for (let k = 0; k < K; k++) R[at + k]! /= sum;
  }
}

/** In place: `exp(L − top)`, and their sum. */
function exponentiate(L: Float64Array, from: number, to: number, top: number): number {
  let sum = 0;
  for (let start = from; start < to; start += BLOCK) {
    const end = Math.min(to, start + BLOCK);
    let block = 0;
    for (let i = start; i < end; i++) block += L[i] = Math.exp(L[i]! - top);
    sum += block;
  }
  return sum;
}

/** `Σₖ exp(L − top)·(top − L)` */
function meanBelow(L: Float64Array, from: number, K: number, top: number): number {
  let sum = 0;
  for (let start = from; start < from + K; start += BLOCK) {
    const end = Math.min(from + K, start + BLOCK);
    let block = 0;
    for (let i = start; i < end; i++) {
      const e = Math.exp(L[i]! - top);
      if (e > 0) block += e * (top - L[i]!);
    }
    sum += block;
  }
  return sum;
}

/** In place: responsibilities become one-hot at the best component (the hard limit). */
export function hardenTile({ R, count, best }: SoftmaxTile, K: number): void {
  R.fill(0, 0, count * K);
  for (let n = 0; n < count; n++) if (best[n]! >= 0) R[n * K + best[n]!] = 1;
}
