import type { Coordinates } from '@mixtention/core';
import { centerOuter, componentSums } from '@mixtention/core/kernel';
import { lower } from '@mixtention/core/numeric';
import { boundLogs } from '../gaussian/bound-logs.ts';
import { factorGradient, timesPrecision, withMeanPrior } from '../gaussian/factor-gradient.ts';
import type { NormalWishart } from '../gaussian/normal-wishart-prior.ts';
import { covarianceOf, precisionFactor } from '../gaussian/precision-factor.ts';
import type { GaussianTiedParams } from './params.ts';

/**
 * Gaussian components of one covariance by their means and the Cholesky factor of the shared precision, Σ⁻¹ = A Aᵀ.
 *
 *     ∂ℓ/∂μ_k = A Aᵀ Σₙ r_nk d_nk      ∂ℓ/∂A = tril( N diag(1/A_ii) − Σ_k Σₙ r_nk d_nk d_nkᵀ A )
 *
 * The normal–Wishart density of (μ, Σ) adds ν + D + 1 + K to N, and W⁻¹ and what it says of the means to the moments.
 */
export const gaussianTiedFactor: Coordinates<GaussianTiedParams, NormalWishart> = {
  from: ({ width, means, covariance }) => ({ mean: means.slice(), factor: precisionFactor(covariance, width) }),

  to({ mean, factor }, components) {
    const width = mean!.length / components;
    return { width, means: mean!.slice(), covariance: covarianceOf(factor!, width) };
  },

  gradient({ mean, factor }, { counts, sums: [sums] }, prior) {
    const K = counts.length;
    const width = mean!.length / K;
    const A = lower(factor!, width);
    const scatter = prior === null ? new Float64Array(width * width) : prior.inverseScale.slice();
    const meanGradient = new Float64Array(mean!.length);
    let total = prior === null ? 0 : prior.degrees + width + 1 + K;
    for (let k = 0; k < K; k++) {
      const point = mean!.subarray(k * width, (k + 1) * width);
      const own = centerOuter(componentSums('pooled', sums!, k, width, K), counts[k]!, point);
      const { count, first, second } = prior === null ? own : withMeanPrior(own, point, prior);
      meanGradient.set(timesPrecision(A, first), k * width);
      total += count;
      for (let i = 0; i < scatter.length; i++) scatter[i]! += second[i]!;
    }
    return { mean: meanGradient, factor: factorGradient(A, total, scatter, width) };
  },

  bound({ mean, factor }, components, floor) {
    const width = mean!.length / components;
    const bounded = boundLogs(
      factor!,
      floor,
      Array.from({ length: width }, (_, i) => i * width + i),
    );
    const all = Array.from({ length: components }, (_, k) => k);
    return { coordinates: { mean: mean!, factor: bounded.logs }, degenerate: bounded.moved.length > 0 ? all : [] };
  },
};
