import type { Tree } from '@mixtention/core';
import { componentSums } from '@mixtention/core/kernel';
import type { GaussianTiedParams, NormalWishart } from '@mixtention/mixture';
import { centerOuter } from '../../linear/center-outer.ts';
import { lower } from '../../linear/lower.ts';
import { boundLogs } from './bound-logs.ts';
import type { Coordinates } from './coordinates.ts';
import { factorGradient, timesPrecision, withMeanPrior } from './gaussian-moments.ts';
import { covarianceOf, precisionFactor } from './precision-factor.ts';

/**
 * Gaussian components of one covariance by their means and the Cholesky factor of the shared precision, Σ⁻¹ = A Aᵀ.
 *
 *     ∂ℓ/∂μ_k = A Aᵀ Σₙ r_nk d_nk      ∂ℓ/∂A = tril( N diag(1/A_ii) − Σ_k Σₙ r_nk d_nk d_nkᵀ A )
 *
 * The normal–Wishart density of (μ, Σ) adds ν + D + 1 + K to N, and W⁻¹ and what it says of the means to the moments.
 */
export const gaussianTiedFactor: Coordinates = {
  from(params) {
    const { width, means, covariance } = params as GaussianTiedParams;
    return { mean: means.slice(), factor: precisionFactor(covariance, width) };
  },

  to({ mean, factor }, components): Tree {
    const width = mean!.length / components;
    return { width, means: mean!.slice(), covariance: covarianceOf(factor!, width) };
  },

  gradient({ mean, factor }, { counts, sums: [sums] }, prior) {
    const K = counts.length;
    const width = mean!.length / K;
    const A = lower(factor!, width);
    const wishart = prior as NormalWishart | null;
    const scatter = wishart === null ? new Float64Array(width * width) : wishart.inverseScale.slice();
    const meanGradient = new Float64Array(mean!.length);
    let total = wishart === null ? 0 : wishart.degrees + width + 1 + K;
    for (let k = 0; k < K; k++) {
      const point = mean!.subarray(k * width, (k + 1) * width);
      const own = centerOuter(componentSums('pooled', sums!, k, width, K), counts[k]!, point);
      const { count, first, second } = wishart === null ? own : withMeanPrior(own, point, wishart);
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
