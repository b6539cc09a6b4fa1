import type { Mixture } from '@mixtention/core';
import { cholesky, freeOf, inverseFromCholesky } from '@mixtention/core/numeric';
import type { GaussianFullParams } from '@mixtention/mixture';
import { type MixtureGuide, statisticsWidth } from './guide.ts';

/**
 * The guide that a fit starts from: centred on a mixture, as wide as a posterior of that many rows would be, its assignments those of the mixture.
 *
 * @param rows  N; each component is taken to own N/K of them
 */
export function guideAround({ logWeights, params }: Mixture, rows: number): MixtureGuide {
  const { width: D, means, covariances } = params as GaussianFullParams;
  const K = logWeights.length;
  const shrink = -0.5 * Math.log(Math.max(1, rows / K));
  const guide = emptyGuide(K, D, shrink);
  guide.mean.set(means);
  for (let k = 0; k < K; k++) {
    const at = k * D * D;
    // A component of weight 0 starts at a weight of e⁻³⁰.
    guide.weight[k] = Math.max(-30, logWeights[k]!) - Math.max(-30, logWeights[K - 1]!);
    setComponent(guide, k, {
      mean: means.subarray(k * D, (k + 1) * D),
      covariance: covariances.subarray(at, at + D * D),
      shrink,
    });
    guide.assignmentBias[k]! += Math.max(-30, logWeights[k]!);
  }
  return guide;
}

function emptyGuide(K: number, D: number, logScale: number): MixtureGuide {
  return {
    weight: new Float64Array(K),
    weightLogScale: new Float64Array(K).fill(logScale),
    mean: new Float64Array(K * D),
    meanFactor: new Float64Array(K * D * D),
    factor: new Float64Array(K * D * D),
    factorLogScale: new Float64Array(K * D * D),
    assignment: new Float64Array(K * statisticsWidth(D)),
    assignmentBias: new Float64Array(K),
  };
}

type Component = { readonly mean: Float64Array; readonly covariance: Float64Array; readonly shrink: number };

function setComponent(guide: MixtureGuide, k: number, { mean, covariance, shrink }: Component): void {
  const D = mean.length;
  const [at, to] = [k * D * D, k * statisticsWidth(D)];
  const root = new Float64Array(D * D);
  cholesky(covariance, D, root);
  const precision = inverseFromCholesky(root, D);
  const factor = new Float64Array(D * D);
  cholesky(precision, D, factor);
  guide.factor.set(freeOf(factor, D), at);
  guide.factorLogScale.set(factorLogScale(factor, D, shrink), at);
  guide.meanFactor.set(
    freeOf(
      root.map((v) => v * Math.exp(shrink)),
      D,
    ),
    at,
  );
  // Scores of a Gaussian as a linear function of T(x): η = (Λμ, −½ vec Λ), b = ½ log|Λ| − ½ μᵀΛμ
  for (let i = 0; i < D; i++) {
    for (let j = 0; j < D; j++) {
      guide.assignment[to + i]! += precision[i * D + j]! * mean[j]!;
      guide.assignment[to + D + i * D + j] = -0.5 * precision[i * D + j]!;
    }
    guide.assignmentBias[k]! += Math.log(factor[i * D + i]!) - 0.5 * guide.assignment[to + i]! * mean[i]!;
  }
}

/**
 * Deviations of a Wishart posterior's factor A = L C, by Bartlett: C_ii ≈ √n ± √½, C_lj ~ N(0, 1) below the diagonal, L ≈ A/√n.
 *
 *     Var log A_ii = 1/(2n)      Var (A_ij | A_jj) = Σ_{j<l≤i} A_il² / n
 *
 * Given A_jj, since a guide of independent numbers fits best with conditional variances.
 */
function factorLogScale(factor: Float64Array, D: number, shrink: number): Float64Array {
  const logScale = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    let beyond = 0;
    for (let j = i; j >= 0; j--) {
      logScale[i * D + j] = shrink + 0.5 * Math.log(i === j ? 0.5 : beyond);
      beyond += factor[i * D + j]! ** 2;
    }
  }
  return logScale;
}
