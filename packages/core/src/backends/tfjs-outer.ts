import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { sumsLength } from '../kernel/statistics.ts';
import type { Tf } from './tf.ts';
import type { TensorTile } from './tfjs-rows.ts';

/** Sums of `[x; lower triangle of x xᵀ]` about a pivot of each component. */
export type OuterSums = {
  add(tile: TensorTile, R: Tensor2D, counts: Float64Array, unit: number, sums: Float64Array): void;
  dispose(): void;
};

/**
 * `sums_k += [Σ r x ; Σ r x xᵀ]` by one product of [K·D, B] with [B, D], about a pivot p_k of each component: 0, or its mean where that is far:
 *
 *     a = Σ r (x − p),  A = Σ r (x − p) xᵀ      Σ r x = a + N p,  Σ r x xᵀ = A + p (Σ r x)ᵀ  in float64
 *
 * Sums of raw squares in float32 would lose the covariance of a component a thousand deviations from 0 whole.
 *
 * @param pivots  `[K, D]`, or null where all are 0
 */
export function outerSums(tf: Tf, K: number, D: number, pivots: Float64Array | null): OuterSums {
  // Rows are taken about what float32 makes of the pivots, and so are the sums taken back.
  const near = pivots && Float32Array.from(pivots);
  const points: Tensor3D | null = near && tf.keep(tf.tensor3d(near, [K, D, 1]));
  return {
    add(tile, R, counts, unit, sums) {
      const B = tile.count;
      const x = tf.reshape(tf.slice(tile.columns(), [1, 0], [D, B]), [1, D, B]);
      const own = tf.reshape(tf.slice(tf.transpose(R), [0, 0], [K, B]), [K, 1, B]);
      const weighted = tf.reshape(tf.mul(points === null ? x : tf.sub(x, points), own), [K * D, B]) as Tensor2D;
      const second = tf.matMul(weighted, tile.x());
      const stride = second.shape[1]!;
      const A = second.dataSync<'float32'>();
      const a = tf.sum(weighted, 1).dataSync<'float32'>();
      const raw = new Float64Array(D);
      const width = sumsLength('each', D, 1);
      for (let k = 0; k < K; k++) {
        for (let i = 0; i < D; i++) raw[i] = a[k * D + i]! + counts[k]! * (near?.[k * D + i] ?? 0);
        const at = k * width;
        let line = at + D;
        for (let i = 0; i < D; i++) {
          const pivot = near?.[k * D + i] ?? 0;
          sums[at + i]! += unit * raw[i]!;
          const row = (k * D + i) * stride;
          for (let j = 0; j <= i; j++) sums[line + j]! += unit * (A[row + j]! + pivot * raw[j]!);
          line += i + 1;
        }
      }
    },
    dispose: () => points?.dispose(),
  };
}
