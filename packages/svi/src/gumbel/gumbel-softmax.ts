import type * as TF from '@tensorflow/tfjs-core';
import { checkTemperature } from './temperature.ts';

/**
 * Relaxed one-hot draws, differentiable in the logits.
 *
 *     y = softmax((logits + noise) / temperature),   noise standard Gumbel
 *
 * As the temperature falls to 0, y tends to the one-hot draw of the Gumbel-max trick and the variance of its gradient grows without bound;
 * at any temperature above 0 E[y] differs from softmax(logits).
 *
 * @param logits  `[N, K]`, unnormalised log probabilities
 * @param noise   `[N, K]`, see `gumbelNoise`
 * @param temperature  from 1e-30 to 1e30
 * @returns y `[N, K]`, rows inside the simplex
 * @throws BAD_OPTION for a temperature outside that range: below 0 the least likely component would win
 *
 * Cost: one softmax of the tensor.
 * Source: Jang, Gu & Poole (2017), eq. 2; Maddison, Mnih & Teh (2017), eq. 10.
 *
 * @example
 * import { gumbelSoftmax } from '@mixtention/svi/gumbel';
 * const y = gumbelSoftmax(tf, tf.tensor2d([[0, 1]]), tf.tensor2d([[0.3, -0.2]]), 0.5); // [[0.27, 0.73]]
 */
export function gumbelSoftmax(
  tf: typeof TF,
  logits: TF.Tensor2D,
  noise: TF.Tensor2D,
  temperature: number,
): TF.Tensor2D {
  checkTemperature('svi/gumbelSoftmax', temperature);
  return tf.softmax(tf.div(tf.add(logits, noise), temperature)) as TF.Tensor2D;
}
