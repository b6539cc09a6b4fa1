/**
 * Logarithm of a sum of exponentials over a slice, without overflow.
 *
 *     logSumExp(x) = m + log Σ_i exp(x_i − m),  m = max_i x_i
 *
 * @param x      logarithms; −∞ entries count as zeros
 * @param start  first index of the slice
 * @param end    index after the last
 * @returns −∞ for an empty slice or one of −∞ only, +∞ if any entry is +∞, NaN if any entry is NaN
 *
 * Cost: one exponential an entry.
 *
 * @example
 * logSumExp([Math.log(1), Math.log(3)]); // 1.3862943611198906 (log 4)
 */
export function logSumExp(x: ArrayLike<number>, start = 0, end: number = x.length): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) max = Math.max(max, x[i]!);
  if (!Number.isFinite(max)) return max;
  let sum = 0;
  for (let i = start; i < end; i++) sum += Math.exp(x[i]! - max);
  return max + Math.log(sum);
}
