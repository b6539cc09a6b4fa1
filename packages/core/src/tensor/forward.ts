import type { Tf } from '../backends/tf.ts';
import { hostForward } from './forward-host.ts';
import { nativeForward } from './forward-native.ts';
import type { Forward } from './forward-ops.ts';

/** The values of the backend that is active now: raw ops of the native library, or float64 on the host for every other. */
export function forward(tf: Tf): Forward {
  return tf.getBackend() === 'tensorflow' ? nativeForward(tf) : hostForward(tf);
}
