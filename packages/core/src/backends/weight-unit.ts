/** Weights are divided by this power of two where float32 could not hold them, or their products with rows. */
export function weightUnit(weights: Float64Array): number {
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  return most > 1e12 || (most > 0 && most < 1e-12) ? 2 ** Math.floor(Math.log2(most)) : 1;
}
