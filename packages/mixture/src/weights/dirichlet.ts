import type { Weights } from '@mixtention/core';
import { fail, show } from '@mixtention/core/base';
import { digamma, logDirichletNormalizer, logSumExp, sampleLogGamma } from '@mixtention/core/numeric';
import { selectCounts } from './select-counts.ts';
import { softmaxCoordinates } from './softmax-coordinates.ts';
import { weightsSpec } from './weights-spec.ts';

/** α `[K]` */
export type DirichletPosterior = Float64Array;

export type Dirichlet = Weights<DirichletPosterior> & { readonly concentration: number };

/**
 * The symmetric Dirichlet prior of the mixing weights, Dir(c, …, c).
 *
 *     mode       π_k = (N_k + c − 1) / (N + K(c − 1)), negative pseudo-counts cut at 0
 *     posterior  α_k = c + N_k       E log π_k = ψ(α_k) − ψ(Σ_j α_j)
 *     KL = log C(α) − log C(c, …, c) + Σ_k (α_k − c) E log π_k       evidence = log C(c, …, c) − log C(α)
 *
 * c = 1 is flat, above 1 keeps every component alive, below 1 lets components die out under variational Bayes; there the density has no
 * mode but at the border, so MAP takes c ≥ 1.
 *
 * @param concentration  c, from 1e-300
 * @throws BAD_OPTION
 *
 * Source: Bishop (2006), Pattern Recognition and Machine Learning, sec. 2.2.1 and eq. 10.57, 10.65–10.66.
 *
 * @example
 * dirichlet(2).mode(Float64Array.of(30, 10)); // [−0.3037, −1.3398]: log 31/42 and log 11/42
 */
export function dirichlet(concentration: number): Dirichlet {
  const c = concentration;
  if (!(typeof c === 'number' && c >= 1e-300 && c < Number.POSITIVE_INFINITY))
    fail('mixture/dirichlet', 'BAD_OPTION', `concentration is ${show(c)}, a finite number above 0 was due`);
  const logNormalizer = (K: number): number => logDirichletNormalizer(new Float64Array(K).fill(c));
  const expectedLogWeights = (alpha: Float64Array): Float64Array => {
    const total = digamma(alpha.reduce((sum, a) => sum + a, 0));
    return alpha.map((a) => digamma(a) - total);
  };
  const evidence = (alpha: Float64Array): number => logNormalizer(alpha.length) - logDirichletNormalizer(alpha);
  return {
    spec: weightsSpec('dirichlet', { concentration }),
    concentration,
    exchangeable: true,
    bounded: c >= 1,
    describe: () => (c === 1 ? null : `Dirichlet(${c}, …) on the weights`),

    mode(counts) {
      const owned = counts.map((count) => Math.max(0, count + (c - 1)));
      const total = owned.reduce((sum, n) => sum + n, 0);
      if (!(total > 0)) return owned.fill(-Math.log(counts.length));
      return owned.map((n) => Math.log(n) - Math.log(total));
    },

    logDensity(logWeights) {
      const normalizer = logNormalizer(logWeights.length);
      // Flat, also where a weight is 0.
      return c === 1 ? normalizer : normalizer + (c - 1) * logWeights.reduce((sum, l) => sum + l, 0);
    },

    posterior: (counts) => counts.map((count) => c + count),
    expectedLogWeights,

    expectedWeights(alpha) {
      const total = alpha.reduce((sum, a) => sum + a, 0);
      return { weights: alpha.map((a) => a / total), rest: 0 };
    },

    divergence: (alpha) => expectedLogWeights(alpha).reduce((sum, l, k) => sum + (alpha[k]! - c) * l, -evidence(alpha)),
    evidence,

    sample(alpha, random) {
      const logs = alpha.map((a) => sampleLogGamma(random, a));
      const normalizer = logSumExp(logs);
      return logs.map((l) => l - normalizer);
    },

    select: (alpha, order) =>
      selectCounts(
        alpha.map((a) => a - c),
        order,
      ).map((n) => c + n),
    coordinates: softmaxCoordinates(c),
    freeParameters: (components) => components - 1,
  };
}
