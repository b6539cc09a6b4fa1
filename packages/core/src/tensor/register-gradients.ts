// tfjs-core alone knows no gradients of its own ops; the copy that is bundled here registers them in the one registry of the process.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { buffer } from '@tensorflow/tfjs-core/dist/ops/buffer.js';
import { cast } from '@tensorflow/tfjs-core/dist/ops/cast.js';
import { clone } from '@tensorflow/tfjs-core/dist/ops/clone.js';
import { print } from '@tensorflow/tfjs-core/dist/ops/print.js';
import { setOpHandler } from '@tensorflow/tfjs-core/dist/tensor.js';

/**
 * Makes gradients of ordinary ops work whichever copy of tfjs-core came first.
 *
 * Where this copy is loaded before tfjs itself, its engine and tensors serve the whole process, and tensors need these four of their methods
 * (the gradients of addN and cast call them). A function, since a bundler may drop a bare import of a file of this package.
 */
export function registerGradients(): void {
  setOpHandler({ buffer, cast, clone, print });
}
