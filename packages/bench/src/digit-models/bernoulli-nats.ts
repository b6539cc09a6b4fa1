import type { Float64Rows } from '@mixtention/attention/learn';
import type { Tf } from '@mixtention/core/backends';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Of every row of logits `−Σ_j log Bernoulli(y_j; logit_j)`, nats. */
export function rowNats(logits: Float64Rows, y: Float64Rows): Float64Array {
  const nats = new Float64Array(y.rows);
  for (let n = 0; n < y.rows; n++)
    for (let i = n * y.cols; i < (n + 1) * y.cols; i++) nats[n]! += pixelNats(logits.data[i]!, y.data[i]!);
  return nats;
}

/** `log(1 + e^z) − y z` */
function pixelNats(z: number, y: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y * z;
}

/** The same of every pixel by ops of tfjs. */
export function tensorNats(tf: Tf, logits: Tensor2D, y: Tensor2D): Tensor2D {
  const bent = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
  return tf.sub(tf.add(tf.relu(logits), bent), tf.mul(y, logits));
}
