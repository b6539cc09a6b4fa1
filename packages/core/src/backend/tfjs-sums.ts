import type * as tfjs from '@tensorflow/tfjs-core';
import type { WriteOptions } from '../types.ts';
import type { TileWork } from './tfjs-tile.ts';

/** `sums += Rᵀ·S`; on wasm as (Sᵀ·R)ᵀ with the transposed rows kept. */
export function addLinear(
  { tf, turn, scores, keys, tile, stride }: TileWork<WriteOptions>,
  R: tfjs.Tensor2D,
  unit: number,
  sums: Float64Array,
): void {
  const { components: K, width: P } = scores;
  const product = (turn ? tf.matMul(tile.transposed(), R) : tf.matMul(R, tile.x, true)).dataSync<'float32'>();
  const [byK, byP] = turn ? [1, keys.padded] : [stride, 1];
  for (let k = 0; k < K; k++) for (let p = 0; p < P; p++) sums[k * P + p]! += unit * product[k * byK + p * byP]!;
}

/**
 * `sums_k += [Σ r x ; vec Σ r x xᵀ]` by one product of [B, K·D] with [B, D], about a pivot p_k of each component: 0, or its mean where that is far:
 *
 *     a = Σ r (x − p),  A = Σ r (x − p) xᵀ      Σ r x = a + N p,  Σ r x xᵀ = A + p (Σ r x)ᵀ  in float64
 *
 * Sums of raw squares in float32 would lose the covariance of a component a thousand deviations from 0 whole.
 */
export function addOuter(
  { tf, turn, scores, keys, tile, stride }: TileWork<WriteOptions>,
  R: tfjs.Tensor2D,
  counts: Float32Array,
  unit: number,
  sums: Float64Array,
): void {
  const { components: K, width: D } = scores;
  const { padded, pivots } = keys;
  const B = tile.count;
  const x = tf.reshape(tile.x, [B, 1, stride]);
  const away = pivots === null ? x : tf.sub(x, pivots.tensor);
  const weighted = tf.reshape(tf.mul(tf.reshape(R, [B, padded, 1]), away), [B, padded * stride]) as tfjs.Tensor2D;
  const second = (
    turn ? tf.matMul(tile.transposed(), weighted) : tf.matMul(weighted, tile.x, true)
  ).dataSync<'float32'>();
  // About 0 the first moments are a small product, which spares a pass over [B, K·D]; on wasm a transposed one would cost more.
  const isProduct = pivots === null && !turn;
  const first = (isProduct ? tf.matMul(R, tile.x, true) : tf.sum(weighted, 0)).dataSync<'float32'>();
  const [byI, byJ] = turn ? [1, padded * stride] : [stride, 1];
  const raw = new Float64Array(D);
  const zeros = new Float32Array(D);
  for (let k = 0; k < K; k++) {
    const pivot = pivots === null ? zeros : pivots.values.subarray(k * stride, k * stride + D);
    for (let i = 0; i < D; i++) raw[i] = first[k * stride + i]! + counts[k]! * pivot[i]!;
    const at = k * (D + D * D);
    for (let i = 0; i < D; i++) {
      sums[at + i]! += unit * raw[i]!;
      const [line, row] = [at + D + i * D, (k * stride + i) * byI];
      for (let j = 0; j < D; j++) sums[line + j]! += unit * (second[row + j * byJ]! + pivot[i]! * raw[j]!);
    }
  }
}
