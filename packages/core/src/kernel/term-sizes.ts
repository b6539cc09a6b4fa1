import type { Precision, Scores, WhitenedScores } from '../contracts/index.ts';
import { pivotsOf } from './pivots.ts';

/** A score whose terms are larger is off by more than 6e-4 nats in float32, whose relative rounding is 6e-8. */
export const MOST_FLOAT32_TERM = 1e4;
/** Moments about a point so many deviations from the mean lose a tenth of a variance in float32: too much even for one step among many. */
const MOST_FLOAT32_DISTANCE = 1000;

/**
 * Size of the terms that the scores of each component's own rows are differences of, `[K]`: their rounding is relative to it.
 *
 *     linear |b_k|      whitened |b_k| + ‖c_k‖
 *
 * A narrow component far from 0 makes it large. Its bias holds −½ μᵀΣ⁻¹μ, which S·η brings back: half the square of its distance from 0
 * in its own deviations; under whitened scores only the distance, since W x − c is squared after the difference (a float32 backend may compute them
 * as products whose terms are larger, but at most some 30 a column, see `productScores`).
 * A component that is switched off counts 0.
 *
 * Cost: K under linear scores, K·D under whitened ones.
 */
export function termSizes(scores: Scores): Float64Array {
  const { components: K, width: D, bias } = scores;
  return Float64Array.from({ length: K }, (_, k) => {
    if (bias[k] === Number.NEGATIVE_INFINITY) return 0;
    let square = 0;
    if (scores.form === 'whitened') for (let i = k * D; i < (k + 1) * D; i++) square += scores.offset[i]! ** 2;
    return Math.abs(bias[k]!) + Math.sqrt(square);
  });
}

/**
 * What the rounding of a log evidence is relative to: `Σ_k N_k` times the size of the terms of component k.
 *
 * @param counts  N_k, `[K]`
 * @param most    larger terms count as this
 */
export function magnitudeOf(scores: Scores, counts: Float64Array, most: number = Number.POSITIVE_INFINITY): number {
  return termSizes(scores).reduce((sum, size, k) => sum + counts[k]! * Math.min(most, size), 0);
}

/** The precision that scores need: what they say themselves, else judged by the size of their terms; NaN counts as large. */
export function precisionOf(scores: Scores): Precision {
  if (scores.precision !== undefined) return scores.precision;
  return termSizes(scores).every((size) => size <= MOST_FLOAT32_TERM) ? 'float32' : 'float64';
}

/**
 * Whether float32 sums under the scores `before` tell too little of the moments that the scores `after` were estimated from: components have
 * become too narrow, or lie too many of their deviations away from the points about which moments were summed.
 *
 * Cost: some K·D² under whitened scores.
 */
export function outgrowsFloat32(before: Scores, after: Scores): boolean {
  if (precisionOf(after) === 'float64') return true;
  return (
    before.form === 'whitened' && after.form === 'whitened' && farthest(after, pivotsOf(before)) > MOST_FLOAT32_DISTANCE
  );
}

/** `maxₖ ‖W_k p_k − c_k‖`: how far points lie from means, in deviations. */
function farthest(
  { components: K, width: D, whitening: W, offset }: WhitenedScores,
  points: Float64Array | null,
): number {
  let most = 0;
  for (let k = 0; k < K; k++) {
    let square = 0;
    for (let i = 0; i < D; i++) {
      let y = -offset[k * D + i]!;
      if (points !== null) for (let j = 0; j <= i; j++) y += W[(k * D + i) * D + j]! * points[k * D + j]!;
      square += y * y;
    }
    if (square > most) most = square;
  }
  return Math.sqrt(most);
}
