import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { hostForward } from './forward-host.ts';
import type { Forward } from './forward-ops.ts';
import { lowerTriangle } from './lower-triangle.ts';

type Attribute = { readonly name: string; readonly type: number; readonly value: number | boolean };

/** The part of tfjs-node's backend that runs any op of TensorFlow by name. */
type NativeBackend = {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_ATTR_BOOL: number; readonly TF_FLOAT: number };
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
};

/** Values by raw ops of the native library. */
export function nativeForward(tf: Tf): Forward {
  const backend = tf.backend() as unknown as NativeBackend;
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT } = backend.binding;
  const float: Attribute = { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT };
  const flag = (name: string, value: boolean): Attribute => ({ name, type: TF_ATTR_BOOL, value });
  return {
    cholesky(a) {
      try {
        // Where a matrix is not positive definite, TensorFlow leaves what happens to lie in memory above the diagonal: NaN or 0.
        const below = tf.cast(lowerTriangle(tf, a.shape.at(-1)!, 1), 'bool');
        const factors = tf.where(below, backend.executeSingleOutput('Cholesky', [float], [a]), 0);
        // Infinities pass through it; 0·∞ spreads them, as NaN, over their own matrix.
        const spoilt = tf.mul(tf.sum(factors, [-2, -1], true), 0);
        return tf.where(below, tf.add(factors, spoilt), 0);
      } catch {
        // TensorFlow before 2.13 throws where a matrix is not positive definite; later ones answer NaN, as the host does.
        return hostForward(tf).cholesky(a);
      }
    },
    triangularSolve: (lower, rhs, adjoint) =>
      backend.executeSingleOutput(
        'MatrixTriangularSolve',
        [float, flag('lower', true), flag('adjoint', adjoint)],
        [lower, rhs],
      ),
    lgamma: (x) => backend.executeSingleOutput('Lgamma', [float], [x]),
    digamma: (x) => backend.executeSingleOutput('Digamma', [float], [x]),
    // TensorFlow's Polygamma is wrong below −7, even in sign, and 0 for large arguments.
    trigamma: hostForward(tf).trigamma,
  };
}
