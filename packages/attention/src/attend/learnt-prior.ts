import type { Weights } from '@mixtention/core';
import { checkOptions, fail, show } from '@mixtention/core/base';

/**
 * Biases of keys whose weights are learnt from how much of the data each owns: expected log weights under a prior of the weights, E log π_k.
 *
 * Under `dirichlet(c)` of `@mixtention/mixture` that is ψ(c + N_k) − ψ(K c + N), under `dirichletProcess` and `pitmanYor` the sticks that keys in order of
 * their counts break. Keys that own little are tried the less, and empty out.
 *
 * @param weights  a prior of the weights
 * @param counts   N_k `[K]`, what each key owns: sums of responsibilities
 * @returns `[K]`, a `bias` for `attend`
 * @throws BAD_DATA for a count below 0 or not finite
 *
 * Source: Blei & Jordan (2006), eq. 20 ff., for sticks.
 *
 * @example
 * weightBias(dirichlet(0.1), Float64Array.of(9, 1)); // [-0.12, -2.70]
 */
export function weightBias(weights: Weights, counts: Float64Array): Float64Array {
  checkCounts('attention/weightBias', counts);
  return weights.expectedLogWeights(weights.posterior(counts));
}

/**
 * The Chinese restaurant as a log prior of attention: known keys by how many they own, and a null component for what none of them explains.
 *
 *     bias_k = log (n_k − d)/(N + α)     sink = log (α + d K)/(N + α)
 *
 * `nullShare` of a reading is then how likely a query begins a component of its own, where scores are log densities beside that of the null component (a base
 * measure that is the same for all queries, as `logEvidence` of a gauge). A key that owns nothing is switched off.
 *
 * @param counts  n_k `[K]`
 * @param options  `concentration` α above −d, `discount` d in [0, 1), default 0: a Dirichlet process
 * @returns what `attend` takes
 * @throws BAD_OPTION, BAD_DATA
 *
 * Source: Pitman & Yor (1997), prediction rule.
 *
 * @example
 * const { bias, sink } = restaurantPrior(Float64Array.of(6, 3), { concentration: 1 });
 * bias; // [-0.51, -1.20]
 * sink; // -2.30
 */
export function restaurantPrior(
  counts: Float64Array,
  options: { readonly concentration: number; readonly discount?: number | undefined },
): { readonly bias: Float64Array; readonly sink: number } {
  const where = 'attention/restaurantPrior';
  checkOptions(where, options, ['concentration', 'discount']);
  const { concentration, discount = 0 } = options;
  if (!(typeof discount === 'number' && discount >= 0 && discount < 1))
    fail(where, 'BAD_OPTION', `the discount is ${show(discount)}, a number in [0, 1) was due`);
  if (!(typeof concentration === 'number' && concentration > -discount && concentration < Number.POSITIVE_INFINITY))
    fail(
      where,
      'BAD_OPTION',
      `the concentration is ${show(concentration)}, a finite number above ${-discount} was due`,
    );
  checkCounts(where, counts);
  const occupied = counts.filter((n) => n > 0).length;
  const all = Math.log(counts.reduce((sum, n) => sum + n, concentration));
  return {
    bias: counts.map((n) => (n > discount ? Math.log(n - discount) - all : Number.NEGATIVE_INFINITY)),
    sink: Math.log(concentration + discount * occupied) - all,
  };
}

function checkCounts(where: string, counts: Float64Array): void {
  const bad = counts.findIndex((n) => !(n >= 0 && n < Number.POSITIVE_INFINITY));
  if (bad >= 0)
    fail(where, 'BAD_DATA', `key ${bad} (counted from 0) owns ${counts[bad]}, a finite number of 0 or more was due`);
}
