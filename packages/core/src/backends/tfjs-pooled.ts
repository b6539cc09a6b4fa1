import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from './tf.ts';
import type { TensorTile } from './tfjs-rows.ts';
import { padComponents } from './tfjs-scores.ts';

type Setting = {
  readonly K: number;
  readonly width: number;
  readonly pivots: Float64Array | null;
  readonly stride: number;
  readonly turn: boolean;
};

/** Adds sums of rows for each component, and one of their products for all. */
export type PooledSums = {
  add(tile: TensorTile, R: Tensor2D, counts: Float64Array, unit: number, sums: Float64Array): void;
  dispose(): void;
};

/** A row of less weight than this counts nothing: no row is divided by it. */
const LEAST_WEIGHT = 1e-30;

/**
 * `Σ r x` of each component, `[K, C]`, and the lower triangle of `Σ_k Σ r x xᵀ`, about pivots p_k: 0, or where some components are far from it
 * their means. With w = Σ_k r and the mean pivot of a row, x̂ = Σ_k r p_k / w,
 *
 *     e = x − x̂,  G = Σₙ r rᵀ / w          a_k = Σ r (x − p_k) = Σ r e + Σ_j G_kj (p_j − p_k)
 *     Σ_k Σ r (x − p_k)(x − p_k)ᵀ = Σ w e eᵀ + ½ Σ_kj G_kj (p_k − p_j)(p_k − p_j)ᵀ
 *     Σ r x = a_k + N_k p_k,  Σ r x xᵀ = that + Σ_k [p_k a_kᵀ + a_k p_kᵀ + N_k p_k p_kᵀ]
 *
 * so float32 products hold nothing larger than deviations, and what is large is added in float64: a shared covariance keeps its digits at the
 * price of two products with R more, never of one a component.
 */
export function pooledSums(tf: Tf, { K, width: C, pivots, stride, turn }: Setting): PooledSums {
  const padded = padComponents(K);
  const near = pivots && Float32Array.from(pivots);
  const points = near && tf.keep(tf.tensor2d(padPoints(near, C, padded, stride), [padded, stride]));
  return {
    add(tile, R, counts, unit, sums) {
      const w = tf.sum<Tensor2D>(R, 1, true);
      const share = points === null ? null : tf.div<Tensor2D>(R, tf.maximum(w, LEAST_WEIGHT));
      const e = share === null ? tile.x() : tf.sub<Tensor2D>(tile.x(), tf.matMul(share, points!));
      const turned = turn ? (share === null ? tile.transposed() : tf.transpose(e)) : null;
      const first = turned === null ? tf.matMul(e, R, true) : tf.matMul(turned, R); // [stride, padded]
      const second = // [stride, stride]
        turned === null
          ? tf.matMul(tf.mul<Tensor2D>(e, w), e, true)
          : tf.matMul(tf.mul<Tensor2D>(turned, tf.reshape(w, [1, tile.count])), e);
      const [sums1, sums2] = [first.dataSync<'float32'>(), second.dataSync<'float32'>()];
      const a = new Float64Array(K * C);
      for (let k = 0; k < K; k++) for (let i = 0; i < C; i++) a[k * C + i] = sums1[i * padded + k]!;
      const M = new Float64Array(C * C);
      for (let i = 0; i < C; i++) for (let j = 0; j <= i; j++) M[i * C + j] = sums2[i * stride + j]!;
      if (share !== null) {
        const G = turn ? tf.matMul(tf.transpose(share), R) : tf.matMul(share, R, true);
        moveBack(near!, G.dataSync<'float32'>(), counts, { a, M });
      }
      for (let i = 0; i < K * C; i++) sums[i]! += unit * a[i]!;
      for (let i = 0, at = K * C; i < C; i++) for (let j = 0; j <= i; j++, at++) sums[at]! += unit * M[i * C + j]!;
    },
    dispose: () => points?.dispose(),
  };
}

/**
 * From sums about pivots to sums about 0, in place: a `[K, C]`, and the lower triangle of M `[C, C]`.
 *
 * The pairs of pivots make `Pᵀ(diag(G1) − G)P`; in float64 its differences keep what they need.
 */
function moveBack(
  p: Float32Array,
  G: Float32Array,
  counts: Float64Array,
  { a, M }: { readonly a: Float64Array; readonly M: Float64Array },
): void {
  const C = Math.sqrt(M.length);
  const K = a.length / C;
  const padded = padComponents(K);
  const apart = new Float64Array(C);
  for (let k = 0; k < K; k++) {
    const own = k * C;
    // Σ_j G_kj (p_j − p_k), with both halves of G: rounding leaves it not quite symmetric.
    apart.fill(0);
    for (let j = 0; j < K; j++) {
      const g = 0.5 * (G[k * padded + j]! + G[j * padded + k]!);
      if (g !== 0) for (let i = 0; i < C; i++) apart[i]! += g * (p[j * C + i]! - p[own + i]!);
    }
    for (let i = 0; i < C; i++) a[own + i]! += apart[i]!;
    for (let i = 0; i < C; i++) {
      const pi = p[own + i]!;
      const moved = a[own + i]! + counts[k]! * pi;
      for (let j = 0; j <= i; j++) M[i * C + j]! += pi * (a[own + j]! - apart[j]!) + moved * p[own + j]!;
    }
    for (let i = 0; i < C; i++) a[own + i]! += counts[k]! * p[own + i]!;
  }
}

function padPoints(points: Float32Array, C: number, padded: number, stride: number): Float32Array {
  const all = new Float32Array(padded * stride);
  for (let k = 0; k < points.length / C; k++) all.set(points.subarray(k * C, (k + 1) * C), k * stride);
  return all;
}
