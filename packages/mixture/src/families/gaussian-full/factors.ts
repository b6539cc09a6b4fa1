import type { Coordinates } from '@mixtention/core';
import { type Centered, centerOuter, sumsLength } from '@mixtention/core/kernel';
import { lower } from '@mixtention/core/numeric';
import { boundLogs } from '../gaussian/bound-logs.ts';
import { factorGradient, timesPrecision, withMeanPrior } from '../gaussian/factor-gradient.ts';
import type { NormalWishart } from '../gaussian/normal-wishart-prior.ts';
import { covarianceOf, precisionFactor } from '../gaussian/precision-factor.ts';
import type { GaussianFullParams } from './params.ts';

/**
 * Full Gaussian components by their means and the Cholesky factors of their precisions, Σ_k⁻¹ = A_k A_kᵀ, diagonals in logarithms.
 *
 *     ∂ℓ/∂μ_k = A_k A_kᵀ Σₙ r_nk d_nk      ∂ℓ/∂A_k = tril( N_k diag(1/A_ii) − Σₙ r_nk d_nk d_nkᵀ A_k ),   d_nk = x_n − μ_k
 *
 * A normal–Wishart density of (μ, Σ) adds ν + D + 2 to N_k, and W⁻¹ and what it says of the mean to the moments.
 */
export const gaussianFullFactors: Coordinates<GaussianFullParams, NormalWishart> = {
  from: ({ width, means, covariances }) => ({
    mean: means.slice(),
    factor: eachBlock(covariances, width, (sigma) => precisionFactor(sigma, width)),
  }),

  to({ mean, factor }, components) {
    const width = mean!.length / components;
    return { width, means: mean!.slice(), covariances: eachBlock(factor!, width, (free) => covarianceOf(free, width)) };
  },

  gradient({ mean, factor }, { counts, sums: [sums] }, prior) {
    const width = mean!.length / counts.length;
    const P = sumsLength('each', width, 1);
    const meanGradient = new Float64Array(mean!.length);
    const factorGradients = eachBlock(factor!, width, (free, k) => {
      const A = lower(free, width);
      const point = mean!.subarray(k * width, (k + 1) * width);
      const own = centerOuter(sums!.subarray(k * P, (k + 1) * P), counts[k]!, point);
      const { count, first, second } = prior === null ? own : withPrior(own, point, prior);
      meanGradient.set(timesPrecision(A, first), k * width);
      return factorGradient(A, count, second, width);
    });
    return { mean: meanGradient, factor: factorGradients };
  },

  bound({ mean, factor }, components, floor) {
    const width = mean!.length / components;
    const diagonals = Array.from({ length: mean!.length }, (_, row) => row * width + (row % width));
    const bounded = boundLogs(factor!, floor, diagonals);
    const degenerate = [...new Set(bounded.moved.map((at) => Math.floor(at / (width * width))))];
    return { coordinates: { mean: mean!, factor: bounded.logs }, degenerate };
  },
};

function withPrior(own: Centered, point: Float64Array, prior: NormalWishart): Centered {
  const { count, first, second } = withMeanPrior(own, point, prior);
  const scatter = second.map((s, at) => s + prior.inverseScale[at]!);
  return { count: count + prior.degrees + point.length + 2, first, second: scatter };
}

/** A new `[K, D, D]`, made block by block. */
function eachBlock(
  data: Float64Array,
  width: number,
  make: (block: Float64Array, k: number) => Float64Array,
): Float64Array {
  const size = width * width;
  const result = new Float64Array(data.length);
  for (let k = 0; k * size < data.length; k++) result.set(make(data.subarray(k * size, (k + 1) * size), k), k * size);
  return result;
}
