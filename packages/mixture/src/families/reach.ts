import type { Matrix, Scores, Term } from '@mixtention/core';

/** Products with cells that are added up over columns stay within float64. */
const MOST = 1e307;
/** Linear terms may stand on squares, and logarithms are taken of those of Student-t terms, so they must do so too. */
const MOST_SQUARED = 1e150;

/**
 * How far from 0 a cell may lie in the space of some scores: farther out, infinities of two signs would meet in W x or η·x and make NaN. Squares of Gaussian distances
 * may overflow: the density is 0. Student-t's have a density at any distance, and logarithms of squares that must not.
 *
 * @example
 * const params = gaussianFull.fromDescription({ means: matrix([[0]]), covariances: [matrix([[1e-4]])] });
 * reachOf(gaussianFull.scores(params, Float64Array.of(0))); // 1e305
 */
export function reachOf({ terms }: Scores): number {
  return Math.min(...terms.map(reachOfTerm));
}

function reachOfTerm(term: Term): number {
  if (term.form === 'linear') return Math.min(MOST_SQUARED, MOST / (term.width * largest(term.natural)));
  const most = term.width * largest(term.factor);
  if (term.form === 'whitened') return MOST / most;
  return MOST_SQUARED / (most * Math.sqrt(largest(term.scale)));
}

/**
 * Rows whose cells lie within a reach: those beyond count as lying at it.
 *
 * @returns the rows themselves where none lies beyond
 *
 * @example
 * withinReach(matrix([[1, -1e200]]), 1e150).data; // [1, -1e150]
 */
export function withinReach<M extends Matrix>(x: M, reach: number): M {
  if (x.data.every((v) => Math.abs(v) <= reach)) return x;
  return { ...x, data: Float64Array.from(x.data, (v) => Math.max(-reach, Math.min(reach, v))) };
}

function largest(values: Float64Array): number {
  return values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}
