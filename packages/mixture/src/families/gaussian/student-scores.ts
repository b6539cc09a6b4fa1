import type { Scores, StudentTerm } from '@mixtention/core';
import { identity } from '@mixtention/core/kernel';
import { lgamma, logGammaRatio } from '@mixtention/core/numeric';
import { isNarrow, whitenedMeans } from './whiten.ts';

/** What Student-t scores are made of; a new row of component k is `St(x; m_k, s_k W_kᵀW_k, f_k)`. */
export type Students = {
  readonly width: number;
  /** m, `[K, D]` */
  readonly means: Float64Array;
  /** W, `[K, D, D]`, lower triangular, or `[D, D]` where all components share it */
  readonly whitening: Float64Array;
  /** s, `[K]`, or `[K, D]` where columns are independent */
  readonly scale: Float64Array;
  /** f, as long as the scale */
  readonly degrees: Float64Array;
  /** log π_k + log |W_k|, `[K]` */
  readonly bias: Float64Array;
  /** The greatest of the whitening matrices, which tells whether float32 will do */
  readonly amplification?: number;
};

/**
 * Scores of a Student-t for each component, or for each of its columns.
 *
 *     log St(x; m, L, f) = log Γ((f + D)/2) − log Γ(f/2) + ½ log |L| − (D/2) log πf − ((f + D)/2) log(1 + (x − m)ᵀ L (x − m)/f)
 *
 * Source: Bishop (2006), eq. 2.162 and 10.81–10.82.
 */
export function studentScores({ width, means, whitening, scale, degrees, bias, amplification = 1 }: Students): Scores {
  const K = bias.length;
  // One t of D columns, or D of one column.
  const each = degrees.length / K;
  const columns = width / each;
  const shifted = bias.slice();
  degrees.forEach((f, i) => {
    shifted[Math.floor(i / each)]! += logNormalizer(f, columns) + 0.5 * columns * Math.log(scale[i]!);
  });
  const term: StudentTerm = {
    form: 'student',
    statistics: identity.none,
    columns: null,
    width,
    factor: whitening,
    offset: whitenedMeans(means, whitening, width),
    triangular: true,
    scale,
    degrees,
    ...(isNarrow(amplification) && { precision: 'float64' }),
  };
  return { components: K, bias: shifted, terms: [term] };
}

/** `log Γ((f + C)/2) − log Γ(f/2) − (C/2) log πf` */
function logNormalizer(degrees: number, columns: number): number {
  const half = degrees / 2;
  const ratio = half >= 10 ? -logGammaRatio(columns / 2, half) : lgamma(half + columns / 2) - lgamma(half);
  return ratio - 0.5 * columns * Math.log(Math.PI * degrees);
}

/** The factor of columns that are independent and have scales of their own: 1 on the diagonal. */
export function unitFactor(width: number): Float64Array {
  const factor = new Float64Array(width * width);
  for (let d = 0; d < width; d++) factor[d * width + d] = 1;
  return factor;
}
