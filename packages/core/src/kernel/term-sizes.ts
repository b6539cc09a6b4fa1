import { memoize } from '../base/memoize.ts';
import type { Precision, Scores, Term, WhitenedTerm } from '../contracts/index.ts';
import { factorRows, isPerColumn, isShared } from './check.ts';
import { pivotsOf } from './pivots.ts';

/** A score whose terms are larger is off by more than 6e-4 nats in float32, whose relative rounding is 6e-8. */
export const MOST_FLOAT32_TERM = 1e4;
/** Moments about a point so many deviations from the mean lose a tenth of a variance in float32: too much even for one step among many. */
const MOST_FLOAT32_DISTANCE = 1000;

/**
 * Size of the terms that the scores of each component's own rows are differences of, `[K]`: their rounding is relative to it.
 *
 *     linear |b_k|      whitened |b_k| + ‖c_k‖      student |b_k| + ‖√s_k c_k‖
 *
 * A narrow component far from 0 makes it large. Its bias holds −½ μᵀΣ⁻¹μ, which S·η brings back: half the square of its distance from 0
 * in its own deviations; under whitened scores only the distance, since W x − c is squared after the difference.
 * A component that is switched off counts 0.
 *
 * Cost: K for linear terms, K·R for whitened ones.
 *
 * @example
 * const term = { form: 'whitened', width: 1, factor: Float64Array.of(1), offset: Float64Array.of(3), triangular: true };
 * termSizes({ components: 1, bias: Float64Array.of(-2), terms: [term] }); // [5]
 */
export function termSizes({ components: K, bias, terms }: Scores): Float64Array {
  return Float64Array.from({ length: K }, (_, k) => {
    if (bias[k] === Number.NEGATIVE_INFINITY) return 0;
    const square = terms.reduce((sum, term) => sum + squaredOffset(term, k, K), 0);
    return Math.abs(bias[k]!) + Math.sqrt(square);
  });
}

function squaredOffset(term: Term, k: number, K: number): number {
  if (term.form === 'linear') return 0;
  const R = factorRows(term, K);
  const scaleOf = (i: number): number => {
    if (term.form === 'whitened') return 1;
    return term.scale[isPerColumn(term, K) ? i : k]!;
  };
  let square = 0;
  for (let i = k * R; i < (k + 1) * R; i++) square += scaleOf(i) * term.offset[i]! ** 2;
  return square;
}

/**
 * What the rounding of a log evidence is relative to: `Σ_k N_k` times the size of the terms of component k.
 *
 * @param counts  N_k, `[K]`
 * @param most    larger terms count as this
 *
 * @example
 * const term = { form: 'whitened', width: 1, factor: Float64Array.of(1), offset: Float64Array.of(3), triangular: true };
 * magnitudeOf({ components: 1, bias: Float64Array.of(-2), terms: [term] }, Float64Array.of(10)); // 50
 */
export function magnitudeOf(scores: Scores, counts: Float64Array, most: number = Number.POSITIVE_INFINITY): number {
  return sizesOf(scores).reduce((sum, size, k) => sum + counts[k]! * Math.min(most, size), 0);
}

/**
 * The precision that scores need: what a term says itself, else judged by the size of their terms; NaN counts as large.
 *
 * @example
 * const params = { width: 1, probabilities: Float64Array.of(0.5) };
 * precisionOf(bernoulli.scores(params, Float64Array.of(0))); // 'float32': it will do
 */
export function precisionOf(scores: Scores): Precision {
  return precisionsOf(scores).needed;
}

/** Looked at once for all shards, and parts of them, that are scored. */
const precisionsOf = memoize((scores: Scores): { readonly needed: Precision } => ({ needed: judgedOf(scores) }));
const sizesOf = memoize(termSizes);

function judgedOf(scores: Scores): Precision {
  if (scores.terms.some(({ precision }) => precision === 'float64')) return 'float64';
  // What is content with float32 is asked nothing; the bias belongs to all terms.
  const terms = scores.terms.filter(({ precision }) => precision === undefined);
  if (terms.length === 0) return 'float32';
  const sizes = terms.length === scores.terms.length ? sizesOf(scores) : termSizes({ ...scores, terms });
  return sizes.every((size) => size <= MOST_FLOAT32_TERM) ? 'float32' : 'float64';
}

/**
 * Whether float32 sums under the scores `before` tell too little of the moments that the scores `after` were estimated from: components have
 * become too narrow, or lie too many of their deviations away from the points about which moments were summed.
 *
 * Cost: some K·C² for whitened terms.
 *
 * @example
 * const of = (mean, sd) => gaussianFull.scores(
 *   gaussianFull.fromDescription({ means: matrix([[mean]]), covariances: [matrix([[sd ** 2]])] }),
 *   Float64Array.of(0),
 * );
 * outgrowsFloat32(of(0, 1), of(1, 0.5)); // false
 * outgrowsFloat32(of(0, 1), of(20, 0.01)); // true: 2000 deviations away from where moments were summed
 */
export function outgrowsFloat32(before: Scores, after: Scores): boolean {
  if (precisionOf(after) === 'float64') return true;
  const K = after.components;
  return after.terms.some((term, t) => {
    const old = before.terms[t];
    return (
      term.form === 'whitened' &&
      old?.form === 'whitened' &&
      farthest(term, K, pivotsOf(old, before.components)) > MOST_FLOAT32_DISTANCE
    );
  });
}

/** `maxₖ ‖W_k p_k − c_k‖`: how far points lie from means, in deviations. */
function farthest(term: WhitenedTerm, K: number, points: Float64Array | null): number {
  const { width: C, factor: W, offset } = term;
  const R = factorRows(term, K);
  const one = isShared(term, K);
  let most = 0;
  for (let k = 0; k < K; k++) {
    let square = 0;
    for (let i = 0; i < R; i++) {
      let y = -offset[k * R + i]!;
      const row = ((one ? 0 : k) * R + i) * C;
      if (points !== null) for (let j = 0; j < C; j++) y += W[row + j]! * points[k * C + j]!;
      square += y * y;
    }
    if (square > most) most = square;
  }
  return Math.sqrt(most);
}
