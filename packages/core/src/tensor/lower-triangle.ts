import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';

/**
 * A mask `[D, D]`: 1 below the diagonal, 0 above it.
 *
 * @param diagonal  what stands on the diagonal
 */
export function lowerTriangle(tf: Tf, d: number, diagonal: number): Tensor2D {
  const mask = Float32Array.from({ length: d * d }, (_, ij) => {
    const above = (ij % d) - Math.floor(ij / d);
    return above < 0 ? 1 : above === 0 ? diagonal : 0;
  });
  return tf.tensor2d(mask, [d, d]);
}
