import { digamma, logDirichletNormalizer } from '@mixtention/core/numeric';

/**
 * The symmetric Dirichlet prior of the mixing weights, Dir(c, …, c), in logarithms.
 *
 * `concentration` is c throughout: 1 is flat (its mode is maximum likelihood), above 1 keeps every component alive, below 1 lets components
 * die out under variational Bayes (their mode is at the border, so MAP takes c ≥ 1).
 *
 * Source: Bishop (2006), Pattern Recognition and Machine Learning, sec. 2.2.1 and eq. 10.57, 10.65–10.66.
 *
 * @example
 * dirichlet.estimate(Float64Array.of(30, 10), 1); // [−0.2877, −1.3863]: log 0.75 and log 0.25
 */
export const dirichlet: Dirichlet = { estimate, logDensity, posterior, expectedLogWeights, divergence };

export type Dirichlet = {
  estimate(counts: Float64Array, concentration: number): Float64Array;
  logDensity(logWeights: Float64Array, concentration: number): number;
  posterior(counts: Float64Array, concentration: number): Float64Array;
  expectedLogWeights(posterior: Float64Array): Float64Array;
  divergence(posterior: Float64Array, concentration: number): number;
};

/**
 * Posterior mode: `log π_k = log (N_k + c − 1) − log (N + K(c − 1))`.
 *
 * @param counts  N_k, `[K]`
 * @param concentration  c; 1 is maximum likelihood; below 1 negative pseudo-counts are cut at 0
 * @returns `[K]`; −∞ for a component that owns nothing under c ≤ 1; equal weights when nobody owns anything
 */
function estimate(counts: Float64Array, concentration: number): Float64Array {
  const owned = counts.map((count) => Math.max(0, count + (concentration - 1)));
  const total = owned.reduce((sum, n) => sum + n, 0);
  if (!(total > 0)) return owned.fill(-Math.log(counts.length));
  return owned.map((n) => Math.log(n) - Math.log(total));
}

/** `log Dir(π; c, …, c)`, nats, every constant included; flat under c = 1, also where a weight is 0. */
function logDensity(logWeights: Float64Array, concentration: number): number {
  const normalizer = logNormalizer(concentration, logWeights.length);
  if (concentration === 1) return normalizer;
  return normalizer + (concentration - 1) * logWeights.reduce((sum, l) => sum + l, 0);
}

/** Posterior concentrations `α_k = c + N_k`, `[K]`. */
function posterior(counts: Float64Array, concentration: number): Float64Array {
  return counts.map((count) => concentration + count);
}

/** `E log π_k = ψ(α_k) − ψ(Σ_j α_j)`, `[K]`. */
function expectedLogWeights(alpha: Float64Array): Float64Array {
  const total = digamma(alpha.reduce((sum, a) => sum + a, 0));
  return alpha.map((a) => digamma(a) - total);
}

/** `KL(Dir(α) ‖ Dir(c, …, c)) = log C(α) − log C(c, …, c) + Σ_k (α_k − c) E log π_k`, nats. */
function divergence(alpha: Float64Array, concentration: number): number {
  const start = logDirichletNormalizer(alpha) - logNormalizer(concentration, alpha.length);
  return expectedLogWeights(alpha).reduce((sum, l, k) => sum + (alpha[k]! - concentration) * l, start);
}

function logNormalizer(concentration: number, components: number): number {
  return logDirichletNormalizer(new Float64Array(components).fill(concentration));
}
