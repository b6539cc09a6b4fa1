/** Mean and covariance of one component, from its count and its sums `[x; lower triangle of xxᵀ]`. */
export type Moments = { readonly mean: Float64Array; readonly covariance: Float64Array };

/**
 *     m = Σ r x / N,  S = Σ r xxᵀ / N − m mᵀ   (symmetric to the last bit)
 *
 * @param sums  `[D + D(D+1)/2]`
 */
export function moments(count: number, sums: Float64Array, width: number): Moments {
  const mean = sums.slice(0, width).map((s) => s / count);
  const covariance = new Float64Array(width * width);
  for (let i = 0, at = width; i < width; i++) {
    for (let j = 0; j <= i; j++, at++) {
      const c = sums[at]! / count - mean[i]! * mean[j]!;
      covariance[i * width + j] = c;
      covariance[j * width + i] = c;
    }
  }
  return { mean, covariance };
}

/** Moments about a point: `first = Σ r (x − m)`, `second = Σ r (x − m)(x − m)ᵀ`. */
export type MomentsAbout = { readonly first: Float64Array; readonly second: Float64Array };

/**
 *     first = s − N m,  second = S − m sᵀ − s mᵀ + N m mᵀ
 *
 * @param sums  `[D + D(D+1)/2]`: s and the lower triangle of S
 * @param point  m, `[D]`
 */
export function momentsAbout(point: Float64Array, count: number, sums: Float64Array): MomentsAbout {
  const width = point.length;
  const first = point.map((m, d) => sums[d]! - count * m);
  const second = new Float64Array(width * width);
  for (let i = 0, at = width; i < width; i++) {
    for (let j = 0; j <= i; j++, at++) {
      // −m_i s_j − s_i m_j + N m_i m_j, in terms of first: −m_i first_j − s_i m_j
      const c = sums[at]! - point[i]! * first[j]! - sums[i]! * point[j]!;
      second[i * width + j] = c;
      second[j * width + i] = c;
    }
  }
  return { first, second };
}
