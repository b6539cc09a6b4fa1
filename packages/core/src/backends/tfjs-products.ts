import type { Tensor2D } from '@tensorflow/tfjs-core';
import { sumsLength, triangleSize } from '../kernel/statistics.ts';
import { eachPair, firstSquare } from './product-scores.ts';
import type { Tf } from './tf.ts';

/**
 * φ(x) of a tile `[P, B]`, laid out as `productsWidth` says.
 *
 * @param columns  `[1; x; first half of x]`, see `TensorTile`: a shift of x is a slice of it, which native makes without a copy
 */
export function productsOf(tf: Tf, columns: Tensor2D, D: number): Tensor2D {
  const B = columns.shape[1];
  const rows = (start: number, count: number): Tensor2D => tf.slice(columns, [start, 0], [count, B]);
  const x = rows(1, D);
  const parts: Tensor2D[] = [];
  for (let s = 1; s <= D / 2; s++) {
    const isHalf = 2 * s === D;
    parts.push(tf.mul(isHalf ? rows(1, s) : x, rows(1 + s, isHalf ? s : D)));
  }
  const squares = tf.stack([tf.square(x), x, tf.onesLike(x)], 1);
  return tf.concat([...parts, tf.reshape(squares, [3 * D, B])], 0);
}

/** Adds `unit · φᵀR` `[P, padded]` to sums `[K, D + D(D+1)/2]` of `[x; lower triangle of x xᵀ]`. */
export function addProducts(
  product: Tensor2D,
  { K, D, padded }: { readonly K: number; readonly D: number; readonly padded: number },
  unit: number,
  sums: Float64Array,
): void {
  const values = product.dataSync<'float32'>();
  const width = sumsLength('each', D, 1);
  eachPair(D, (row, i, j) => {
    const at = i > j ? D + triangleSize(i) + j : D + triangleSize(j) + i;
    for (let k = 0; k < K; k++) sums[k * width + at]! += unit * values[row * padded + k]!;
  });
  for (let i = 0; i < D; i++) {
    const row = firstSquare(D) + 3 * i;
    const at = D + triangleSize(i) + i;
    for (let k = 0; k < K; k++) {
      sums[k * width + at]! += unit * values[row * padded + k]!;
      sums[k * width + i]! += unit * values[(row + 1) * padded + k]!;
    }
  }
}
