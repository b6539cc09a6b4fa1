import type { RowBlock, Scores } from '../contracts/index.ts';

/**
 * Scores of rows `start … start + count` in float64, written to `out` `[count, K]`.
 *
 * Cost: count·K·P multiply–adds under linear scores, half of count·K·D² under whitened ones (W_k is lower triangular).
 */
export function scoreTile(block: RowBlock, start: number, count: number, scores: Scores, out: Float64Array): void {
  if (scores.form === 'linear') linearTile(block, start, count, scores.natural, scores, out);
  else whitenedTile(block, start, count, scores, out);
}

function linearTile(
  { data, stride }: RowBlock,
  start: number,
  count: number,
  H: Float64Array,
  scores: Scores,
  out: Float64Array,
): void {
  const { components: K, width: P, bias } = scores;
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    let k = 0;
    // Four components at a time: each value of the row is loaded once for four products.
    for (; k + 4 <= K; k += 4) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      const h0 = k * P;
      const h1 = h0 + P;
      const h2 = h1 + P;
      const h3 = h2 + P;
      for (let p = 0; p < P; p++) {
        const s = data[row + p]!;
        a += s * H[h0 + p]!;
        b += s * H[h1 + p]!;
        c += s * H[h2 + p]!;
        d += s * H[h3 + p]!;
      }
      const at = n * K + k;
      out[at] = a + bias[k]!;
      out[at + 1] = b + bias[k + 1]!;
      out[at + 2] = c + bias[k + 2]!;
      out[at + 3] = d + bias[k + 3]!;
    }
    for (; k < K; k++) {
      let a = 0;
      for (let p = 0; p < P; p++) a += data[row + p]! * H[k * P + p]!;
      out[n * K + k] = a + bias[k]!;
    }
  }
}

function whitenedTile(
  { data, stride }: RowBlock,
  start: number,
  count: number,
  scores: Scores & { form: 'whitened' },
  out: Float64Array,
): void {
  const { components: K, width: D, whitening: W, offset, bias } = scores;
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    for (let k = 0; k < K; k++) {
      let square = 0;
      for (let i = 0; i < D; i++) {
        const w = (k * D + i) * D;
        let y = -offset[k * D + i]!;
        for (let j = 0; j <= i; j++) y += W[w + j]! * data[row + j]!;
        square += y * y;
      }
      out[n * K + k] = bias[k]! - 0.5 * square;
    }
  }
}
