/** Count, `Σ r (x − μ)` `[D]` and `Σ r (x − μ)(x − μ)ᵀ` `[D, D]` of a component. */
export type Centered = { readonly count: number; readonly first: Float64Array; readonly second: Float64Array };

/**
 * Moments of a component about a point.
 *
 * @param sums   `[D + D(D+1)/2]`: Σ r x and the lower triangle of Σ r xxᵀ
 * @param point  μ, `[D]`
 *
 * @example
 * centerOuter(Float64Array.of(3, 5), 2, Float64Array.of(1.5)); // { count: 2, first: [0], second: [0.5] }, of rows 1 and 2
 */
export function centerOuter(sums: Float64Array, count: number, point: Float64Array): Centered {
  const D = point.length;
  const first = point.map((m, i) => sums[i]! - count * m);
  const second = new Float64Array(D * D);
  for (let i = 0, at = D; i < D; i++) {
    for (let j = 0; j <= i; j++, at++) {
      const c = sums[at]! - point[i]! * first[j]! - sums[i]! * point[j]!;
      second[i * D + j] = c;
      second[j * D + i] = c;
    }
  }
  return { count, first, second };
}
