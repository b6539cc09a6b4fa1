/**
 * In place: scores `[count, K]` become responsibilities; `evidence` `[count]` gets `log Σₖ exp L_nk`, `best` `[count]` the best component.
 *
 * A row whose scores are all −∞ becomes all 0, with evidence −∞ and best −1.
 */
export function softmaxTile(
  tile: Float64Array,
  count: number,
  K: number,
  evidence: Float64Array,
  best: Int32Array,
): void {
  for (let n = 0; n < count; n++) {
    const at = n * K;
    let top = Number.NEGATIVE_INFINITY;
    let winner = -1;
    for (let k = 0; k < K; k++) {
      if (tile[at + k]! > top) {
        top = tile[at + k]!;
        winner = k;
      }
    }
    best[n] = winner;
    if (winner < 0) {
      evidence[n] = Number.NEGATIVE_INFINITY;
      tile.fill(0, at, at + K);
      continue;
    }
    let sum = 0;
    for (let k = 0; k < K; k++) sum += tile[at + k] = Math.exp(tile[at + k]! - top);
    evidence[n] = top + Math.log(sum);
    for (let k = 0; k < K; k++) tile[at + k]! /= sum;
  }
}

/** In place: responsibilities become one-hot at the best component (the hard limit). */
export function hardenTile(tile: Float64Array, count: number, K: number, best: Int32Array): void {
  tile.fill(0, 0, count * K);
  for (let n = 0; n < count; n++) if (best[n]! >= 0) tile[n * K + best[n]!] = 1;
}
