// Only its formulas are bundled; what they use is taken from the copy of tfjs-core that is handed over (see tfjs.base.ts).
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { collectedGradients, useTfjs } from './tfjs-in-use.ts';

/**
 * Makes gradients of ordinary ops work: tfjs-core alone knows none.
 *
 * Gradients that are there already stay. A function and no import with an effect, so that it does not matter what is imported first, and no bundler drops it.
 *
 * @param tf  tfjs-core, or a union that carries it
 */
export function registerGradients(tf: Tf): void {
  useTfjs(tf);
  // The gradients of prod and gather call it; the full library gives it to tensors, tfjs-core alone does not.
  const tensors = tf.Tensor.prototype as { reshape?: (this: Tensor, shape: number[]) => Tensor };
  tensors.reshape ??= function (shape) {
    return tf.reshape(this, shape);
  };
  for (const config of collectedGradients()) if (tf.getGradient(config.kernelName) == null) tf.registerGradient(config);
}
