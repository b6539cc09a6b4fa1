import { lower } from '@mixtention/core/numeric';
import { sizeOf } from './discrete-bound.ts';
import { expectedPrecision } from './expected-mixture.ts';
import { type MixtureGuide, statisticsWidth } from './guide.ts';

/**
 * The guide with the best q(z) there is under its q(θ), in closed form; the rest is left as it is.
 *
 *     log r_nk = E[log π_k] + ½ E[log |Λ_k|] − ½ E[(x_n − μ_k)ᵀ Λ_k (x_n − μ_k)] + const
 *     E[(x − μ)ᵀ Λ (x − μ)] = (x − m)ᵀ E[Λ] (x − m) + tr(E[Λ] L Lᵀ)
 *
 * which is a quadratic function of the row, as q(z) is. What all components share, E[log Σ exp w] among it, is left out.
 *
 * Cost: K·D³.
 * Source: the optimum of a factor of a variational posterior, Bishop (2006), eq. 10.9.
 */
export function withBestAssignment(guide: MixtureGuide): MixtureGuide {
  const { components: K, width: D } = sizeOf(guide);
  const P = statisticsWidth(D);
  const assignment = new Float64Array(K * P);
  const assignmentBias = new Float64Array(K);
  for (let k = 0; k < K; k++) {
    const precision = expectedPrecision(guide, k, D);
    const covariance = covarianceOf(guide, k, D);
    const mean = guide.mean.subarray(k * D, (k + 1) * D);
    let bias = k < K - 1 ? guide.weight[k]! : 0;
    for (let i = 0; i < D; i++) {
      let natural = 0;
      for (let j = 0; j < D; j++) {
        const lambda = precision[i * D + j]!;
        natural += lambda * mean[j]!;
        assignment[k * P + D + i * D + j] = -0.5 * lambda;
        bias -= 0.5 * lambda * (mean[i]! * mean[j]! + covariance[i * D + j]!);
      }
      assignment[k * P + i] = natural;
      // ½ log |A Aᵀ|
      bias += guide.factor[(k * D + i) * D + i]!;
    }
    assignmentBias[k] = bias;
  }
  return { ...guide, assignment, assignmentBias };
}

/** `L Lᵀ` of q(μ_k), `[D, D]`. */
function covarianceOf({ meanFactor }: MixtureGuide, k: number, D: number): Float64Array {
  const L = lower(meanFactor.subarray(k * D * D, (k + 1) * D * D), D);
  const covariance = new Float64Array(D * D);
  for (let i = 0; i < D; i++)
    for (let j = 0; j < D; j++) for (let l = 0; l < D; l++) covariance[i * D + j]! += L[i * D + l]! * L[j * D + l]!;
  return covariance;
}
