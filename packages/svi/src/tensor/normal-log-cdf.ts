import type { Tf } from '@mixtention/core/backends';
import type { Tensor } from '@tensorflow/tfjs-core';

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** log Φ(x) as ops of tfjs: by its error function from −3 on, below that (`isFar`) by the continued fraction of Laplace; what is not taken is kept finite, so that its gradient is. */
export function normalLogCdf(tf: Tf, x: Tensor, isFar: Tensor): Tensor {
  const near = tf.maximum(x, -3);
  const far = tf.neg(tf.minimum(x, -3));
  let tail: Tensor = tf.zerosLike(x);
  for (let n = 20; n >= 1; n--) tail = tf.div(n, tf.add(far, tail));
  const below = tf.neg(tf.add(tf.add(tf.mul(0.5, tf.square(far)), HALF_LOG_2PI), tf.log(tf.add(far, tail))));
  const above = tf.log(tf.mul(0.5, tf.add(1, tf.erf(tf.div(near, Math.SQRT2)))));
  return tf.where(isFar, below, above);
}
