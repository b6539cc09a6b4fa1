import type { Mixture } from '@mixtention/core';
import { cholesky, inverseFromCholesky, logSumExp } from '@mixtention/core/numeric';
import { sizeOf } from './discrete-bound.ts';
import type { MixtureGuide } from './guide.ts';

/**
 * The mixture in the middle of a guide: mean logits, mean means, and the inverses of mean precisions.
 *
 *     E[Λ] = E[A] E[A]ᵀ + diag(Σ_j Var A_ij),   E[A_ii] = exp(m + s²/2)
 */
export function expectedMixture(guide: MixtureGuide): Mixture {
  const { components: K, width: D } = sizeOf(guide);
  const logits = guide.weight.map((w, k) => (k < K - 1 ? w : 0));
  const normalizer = logSumExp(logits);
  const covariances = new Float64Array(K * D * D);
  for (let k = 0; k < K; k++) {
    const factor = expectedPrecision(guide, k, D);
    cholesky(factor, D, factor);
    covariances.set(inverseFromCholesky(factor, D), k * D * D);
  }
  return {
    logWeights: logits.map((w) => w - normalizer),
    params: { width: D, means: guide.mean.slice(), covariances },
  };
}

/** E[Λ_k] under the guide, `[D, D]`. */
export function expectedPrecision(guide: MixtureGuide, k: number, D: number): Float64Array {
  const expected = new Float64Array(D * D);
  const spread = new Float64Array(D);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      const at = (k * D + i) * D + j;
      const [mean, variance] = [guide.factor[at]!, Math.exp(2 * guide.factorLogScale[at]!)];
      expected[i * D + j] = i === j ? Math.exp(mean + variance / 2) : mean;
      spread[i]! += i === j ? Math.expm1(variance) * Math.exp(2 * mean + variance) : variance;
    }
  }
  const precision = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j < D; j++) {
      for (let l = 0; l < D; l++) precision[i * D + j]! += expected[i * D + l]! * expected[j * D + l]!;
    }
    precision[i * D + i]! += spread[i]!;
  }
  return precision;
}
