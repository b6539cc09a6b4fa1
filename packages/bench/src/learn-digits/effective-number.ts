/** exp H(π) of components that own so many rows. */
export function effectiveNumber(counts: Float64Array): number {
  const total = counts.reduce((sum, n) => sum + n, 0);
  return Math.exp(counts.reduce((sum, n) => (n > 0 ? sum - (n / total) * Math.log(n / total) : sum), 0));
}
