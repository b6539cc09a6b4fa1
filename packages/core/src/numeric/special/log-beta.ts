import { lgamma } from './lgamma.ts';
import { logGammaRatio } from './log-gamma-ratio.ts';

/**
 * Logarithm of the beta function: the normalizer of a beta density.
 *
 *     log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b)
 *
 * Right to 1e-12 relative for any mixture of small and large arguments: the log gammas of large ones, which nearly cancel, are never formed.
 *
 * @param a  greater than 0
 * @param b  greater than 0
 * @returns log B(a, b); NaN outside the domain
 *
 * Cost: up to three log gammas.
 * Source: Didonato & Morris (1992), ACM TOMS 18(3), Algorithm 708, function BETALN.
 *
 * @example
 * logBeta(2, 3); // −2.4849066497880004 (−log 12)
 */
export function logBeta(a: number, b: number): number {
  if (!(a > 0 && b > 0)) return Number.NaN;
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < 10) return lgamma(small) + lgamma(large) - lgamma(small + large);
  return lgamma(small) + logGammaRatio(small, large);
}
