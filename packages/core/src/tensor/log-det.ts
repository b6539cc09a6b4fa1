import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { cholesky } from './cholesky.ts';

/**
 * Logarithms of the determinants of a batch of symmetric positive definite matrices, twice differentiable on every tfjs backend.
 *
 *     log |A| = 2 Σ_i log L_ii,  A = L Lᵀ;   gradient A⁻¹
 *
 * A matrix that is not positive definite, or not finite, gives NaN. Where the factor L is at hand, `2 Σ log L_ii` of it is cheaper.
 *
 * @param tf  tfjs with a backend set
 * @param a   A, `[..., D, D]`, float32
 * @returns log |A|, `[...]`
 * @throws MixtentionError BAD_SHAPE unless square, BAD_DATA unless float32
 *
 * Cost: that of `cholesky`.
 *
 * @example
 * const { logDet } = tensorOps(tf);
 * logDet(tf.tensor2d([[4, 2], [2, 3]])); // 2.0794415 (log 8)
 */
export function logDet(tf: Tf, a: Tensor): Tensor {
  return tf.tidy(() => {
    const lower = cholesky(tf, a);
    const diagonal = tf.sum(tf.mul(lower, tf.eye(lower.shape.at(-1)!)), -1);
    return tf.mul(tf.sum(tf.log(diagonal), -1), 2);
  });
}
