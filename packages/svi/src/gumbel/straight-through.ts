import type * as TF from '@tensorflow/tfjs-core';

/**
 * One-hot draws that pass gradients on as if they were still relaxed.
 *
 *     forward: onehot(argmax y)      backward: ∇y
 *
 * The forward value is an exact categorical draw; the gradient is biased, whatever the temperature.
 *
 * @param y  `[N, K]`, relaxed draws of `gumbelSoftmax`
 *
 * Source: Jang, Gu & Poole (2017), sec. 2.2 (straight-through Gumbel-softmax); Bengio, Léonard & Courville (2013).
 *
 * @example
 * const z = straightThrough(tf, tf.tensor2d([[0.2, 0.8]])); // [[0, 1]]
 */
export function straightThrough(tf: typeof TF, y: TF.Tensor2D): TF.Tensor2D {
  const harden = tf.customGrad((soft) => ({
    value: oneHot(tf, soft as TF.Tensor2D),
    gradFunc: (dy: TF.Tensor) => dy,
  }));
  return harden(y) as TF.Tensor2D;
}

function oneHot(tf: typeof TF, soft: TF.Tensor2D): TF.Tensor {
  // tf.oneHot refuses a depth of 1.
  if (soft.shape[1] === 1) return tf.onesLike(soft);
  return tf.cast(tf.oneHot(tf.argMax(soft, 1) as TF.Tensor1D, soft.shape[1]), 'float32');
}
