import type { Transform, TreeShape } from '@mixtention/core';
import { counted } from '@mixtention/core/base';
import { diagonal, diagonalOf, mapCovariances, mapMeans } from './affine.ts';
import { moments, momentsAbout } from './moments.ts';

/** m `[D]`, β (how many rows the mean is worth), ν (degrees of freedom, above D − 1), W⁻¹ `[D, D]`. */
export type NormalWishart = {
  readonly mean: Float64Array;
  readonly shrinkage: number;
  readonly degrees: number;
  readonly inverseScale: Float64Array;
};

/** β of the weak prior: the mean is worth a hundredth of a row. */
export const WEAK_SHRINKAGE = 0.01;

/**
 * The weak prior: m the mean of the data, β = 0.01, ν = D + 2, W⁻¹ the variances of the columns.
 *
 * E Σ = W⁻¹/(ν − D − 1) is then the spread of the data, held with the least whole ν that has an expectation.
 * Fraley & Raftery (2007) take the pooled covariance over K^(2/D) instead of the variances; variances alone are positive definite also
 * where columns are collinear, and a prior that is the same for every K leaves bounds of different K comparable.
 *
 * @param mean  mean statistics `[D + D(D+1)/2]`, one array
 */
export function weakNormalWishart(width: number, [all]: readonly Float64Array[]): NormalWishart {
  const { mean, covariance } = moments(1, all!, width);
  const inverseScale = diagonal(diagonalOf(covariance, width).map(spread));
  return { mean, shrinkage: WEAK_SHRINKAGE, degrees: width + 2, inverseScale };
}

/** A variance to scale a prior by; 1 for a constant column, which has none (in scaled columns 1 is the variance of all others). */
export function spread(variance: number): number {
  return variance > 1e-12 ? variance : 1;
}

/**
 * What one component adds to the prior: its m_k, and `Σ r (x − m)(x − m)ᵀ − β_k (m_k − m)(m_k − m)ᵀ`, the growth of W⁻¹.
 *
 * This equals the usual `N_k S_k + (β N_k/β_k)(x̄_k − m)(x̄_k − m)ᵀ` and needs no division by N_k.
 *
 * @param sums  `[D + D(D+1)/2]`: Σ r x and the lower triangle of Σ r xxᵀ
 */
export function normalWishartGrowth(
  prior: NormalWishart,
  count: number,
  sums: Float64Array,
): { readonly mean: Float64Array; readonly growth: Float64Array } {
  const width = prior.mean.length;
  const { first, second } = momentsAbout(prior.mean, count, sums);
  const shrinkage = prior.shrinkage + count;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) second[i * width + j]! -= (first[i]! * first[j]!) / shrinkage;
  }
  return { mean: prior.mean.map((m, d) => m + first[d]! / shrinkage), growth: second };
}

/** The prior in words. */
export function describeNormalWishart({ shrinkage, degrees }: NormalWishart, what: string): string {
  return `normal–Wishart on ${what}: a mean worth ${counted(shrinkage, 'row')}, ${counted(degrees, 'degree')} of freedom`;
}

/** What a normal–Wishart prior looks like. */
export function normalWishartShape(width: number): TreeShape {
  return { mean: [width], shrinkage: 'number', degrees: 'number', inverseScale: [width, width] };
}

/** From the space of the fit to the user's units, or `back`: W⁻¹ has the units of a covariance. */
export function mapNormalWishart(prior: NormalWishart, { center, scale }: Transform, back?: 'back'): NormalWishart {
  const mean = mapMeans(prior.mean, center, scale, back);
  return { ...prior, mean, inverseScale: mapCovariances(prior.inverseScale, scale, back) };
}
