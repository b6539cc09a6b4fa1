import type { Matrix } from '@mixtention/core';

/** Mean and covariance of one component, from its count and its row of sums `[x; vec xxᵀ]`. */
export type Moments = { readonly mean: Float64Array; readonly covariance: Float64Array };

/**
 *     m = Σ r x / N,  S = Σ r xxᵀ / N − m mᵀ   (symmetric to the last bit)
 *
 * @param sums  `[D + D²]`
 */
export function moments(count: number, sums: Float64Array, width: number): Moments {
  const mean = sums.slice(0, width).map((s) => s / count);
  const covariance = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      const c = sums[width + i * width + j]! / count - mean[i]! * mean[j]!;
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
 * @param sums  `[D + D²]`: s and vec S
 * @param point  m, `[D]`
 */
export function momentsAbout(point: Float64Array, count: number, sums: Float64Array): MomentsAbout {
  const width = point.length;
  const first = point.map((m, d) => sums[d]! - count * m);
  const second = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      // −m_i s_j − s_i m_j + N m_i m_j, in terms of first: −m_i first_j − s_i m_j
      const c = sums[width + i * width + j]! - point[i]! * first[j]! - sums[i]! * point[j]!;
      second[i * width + j] = c;
      second[j * width + i] = c;
    }
  }
  return { first, second };
}

/** `[x; vec xxᵀ]` of every row, `[N, D]` → `[N, D + D²]`, in the precision of x. */
export function outerStatistics(x: Matrix): Matrix {
  const { rows, cols: D } = x;
  const P = D + D * D;
  const data = x.data instanceof Float64Array ? new Float64Array(rows * P) : new Float32Array(rows * P);
  for (let n = 0; n < rows; n++) {
    const row = x.data.subarray(n * D, (n + 1) * D);
    data.set(row, n * P);
    for (let i = 0; i < D; i++) for (let j = 0; j < D; j++) data[n * P + D + i * D + j] = row[i]! * row[j]!;
  }
  return { data, rows, cols: P };
}
