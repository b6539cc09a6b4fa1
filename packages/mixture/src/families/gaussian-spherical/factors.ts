import type { Coordinates } from '@mixtention/core';
import { boundLogs } from '../gaussian/bound-logs.ts';
import type { IsotropicNormalGamma } from './isotropic-normal-gamma.ts';
import type { GaussianSphericalParams } from './params.ts';

/**
 * Spherical Gaussian components by their means and the logarithms of a = 1/σ.
 *
 *     ∂ℓ/∂μ_k = a² Σₙ r_nk d_nk      ∂ℓ/∂ log a_k = D N_k − a² Σₙ r_nk ‖d_nk‖²,   d_nk = x_n − μ_k
 *
 * A normal–gamma density of (μ, σ²) adds ν + D + 2 to D N_k, −β(μ − m) to Σ r d and s + β‖μ − m‖² to Σ r ‖d‖².
 */
export const gaussianSphericalFactors: Coordinates<GaussianSphericalParams, IsotropicNormalGamma> = {
  from: ({ means, variances }) => ({ mean: means.slice(), logFactor: variances.map((v) => -0.5 * Math.log(v)) }),

  to({ mean, logFactor }, components) {
    const variances = logFactor!.map((a) => Math.exp(-2 * a));
    return { width: mean!.length / components, means: mean!.slice(), variances };
  },

  gradient({ mean, logFactor }, { counts, sums: [sums] }, prior) {
    const width = mean!.length / counts.length;
    const meanGradient = new Float64Array(mean!.length);
    const factorGradient = logFactor!.map((a, k) => {
      const precision = Math.exp(2 * a);
      let scatter = sums![k * (width + 1) + width]! + (prior?.inverseScale ?? 0);
      for (let d = 0; d < width; d++) {
        const [m, sum] = [mean![k * width + d]!, sums![k * (width + 1) + d]!];
        const away = prior === null ? 0 : m - prior.mean[d]!;
        const pull = prior === null ? 0 : prior.shrinkage * away;
        scatter += counts[k]! * m * m - 2 * m * sum + pull * away;
        meanGradient[k * width + d] = precision * (sum - counts[k]! * m - pull);
      }
      const power = prior === null ? 0 : prior.degrees + width + 2;
      return width * counts[k]! + power - precision * scatter;
    });
    return { mean: meanGradient, logFactor: factorGradient };
  },

  bound({ mean, logFactor }, _components, floor) {
    const { logs, moved } = boundLogs(logFactor!, floor);
    return { coordinates: { mean: mean!, logFactor: logs }, degenerate: moved };
  },
};
