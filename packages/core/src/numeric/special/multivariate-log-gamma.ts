import { lgamma } from './lgamma.ts';

/**
 * Logarithm of the multivariate gamma function: the normalizer of a Wishart density.
 *
 *     log Γ_D(a) = D(D−1)/4 · log π + Σ_{i=1..D} log Γ(a + (1−i)/2)
 *
 * @param a  greater than (D−1)/2
 * @param d  D, a whole number, at least 1
 * @returns log Γ_D(a); NaN where a ≤ (D−1)/2
 *
 * Cost: D log gammas.
 * Source: Muirhead (1982), Aspects of Multivariate Statistical Theory, theorem 2.1.12.
 *
 * @example
 * multivariateLogGamma(3, 1); // 0.6931471805599453, as lgamma(3)
 */
export function multivariateLogGamma(a: number, d: number): number {
  if (!(2 * a > d - 1)) return Number.NaN;
  let sum = ((d * (d - 1)) / 4) * Math.log(Math.PI);
  for (let i = 0; i < d; i++) sum += lgamma(a - i / 2);
  return sum;
}
