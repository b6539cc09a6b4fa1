import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { fail } from '../base/errors.ts';
import { forward } from './forward.ts';

/**
 * Second derivatives of log gamma, entry by entry: what the gradient of `digamma` is made of.
 *
 *     ψ′(x) = d²/dx² log Γ(x)
 *
 * Its own gradient is refused rather than taken for 0.
 */
export function trigamma(tf: Tf, x: Tensor): Tensor {
  return tf.customGrad((...args) => {
    const [input] = args as [Tensor];
    const gradFunc = (): Tensor =>
      fail('core/trigamma', 'BAD_OPTION', 'a third derivative of log gamma was asked for, two at most are due');
    return { value: forward(tf).trigamma(input), gradFunc };
  })(x);
}
