import type { Coordinates } from '@mixtention/core';
import { boundLogs } from '../gaussian/bound-logs.ts';
import type { NormalGamma } from './normal-gamma.ts';
import type { GaussianDiagonalParams } from './params.ts';

/** The density that is flat: it adds nothing to counts and sums. */
const flat = { shrinkage: 0, power: 0 } as const;

/**
 * Diagonal Gaussian components by their means and the logarithms of a = 1/σ.
 *
 *     ∂ℓ/∂μ_kd = a² Σₙ r_nk d_nkd      ∂ℓ/∂ log a_kd = N_k − a² Σₙ r_nk d²_nkd,   d_nk = x_n − μ_k
 *
 * A normal–gamma density of (μ, σ²) adds ν + 3 to N_k, −β(μ − m) to Σ r d and s + β(μ − m)² to Σ r d².
 */
export const gaussianDiagonalFactors: Coordinates<GaussianDiagonalParams, NormalGamma> = {
  from: ({ means, variances }) => ({ mean: means.slice(), logFactor: variances.map((v) => -0.5 * Math.log(v)) }),

  to({ mean, logFactor }, components) {
    const variances = logFactor!.map((a) => Math.exp(-2 * a));
    return { width: mean!.length / components, means: mean!.slice(), variances };
  },

  gradient({ mean, logFactor }, { counts, sums: [sums] }, prior) {
    const width = mean!.length / counts.length;
    const { shrinkage, power } = prior === null ? flat : { shrinkage: prior.shrinkage, power: prior.degrees + 3 };
    const gradient = { mean: new Float64Array(mean!.length), logFactor: new Float64Array(mean!.length) };
    for (let i = 0; i < mean!.length; i++) {
      const [k, d] = [Math.floor(i / width), i % width];
      const [m, count] = [mean![i]!, counts[k]!];
      const [sum, square] = [sums![2 * width * k + d]!, sums![2 * width * k + width + d]!];
      const away = prior === null ? 0 : m - prior.mean[d]!;
      const first = sum - count * m - shrinkage * away;
      const second = square - 2 * m * sum + count * m * m + shrinkage * away * away + (prior?.inverseScale[d] ?? 0);
      const precision = Math.exp(2 * logFactor![i]!);
      gradient.mean[i] = precision * first;
      gradient.logFactor[i] = count + power - precision * second;
    }
    return gradient;
  },

  bound({ mean, logFactor }, components, floor) {
    const { logs, moved } = boundLogs(logFactor!, floor);
    const width = mean!.length / components;
    const degenerate = [...new Set(moved.map((at) => Math.floor(at / width)))];
    return { coordinates: { mean: mean!, logFactor: logs }, degenerate };
  },
};
