/** Count, `Σ r (x − μ)` `[D]` and `Σ r (x − μ)(x − μ)ᵀ` `[D, D]` of a component. */
export type Centered = { readonly count: number; readonly first: Float64Array; readonly second: Float64Array };

/**
 * Moments of a component about a point.
 *
 * @param sums   `[D + D²]`: Σ r x and vec Σ r xxᵀ
 * @param point  μ, `[D]`
 */
export function centerOuter(sums: Float64Array, count: number, point: Float64Array): Centered {
  const D = point.length;
  const first = point.map((m, i) => sums[i]! - count * m);
  const second = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j < D; j++) {
      second[i * D + j] = sums[D + i * D + j]! - point[i]! * first[j]! - sums[i]! * point[j]!;
    }
  }
  return { count, first, second };
}
