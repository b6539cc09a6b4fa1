import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { cholesky } from './cholesky.ts';
import { digamma } from './digamma.ts';
import { lgamma } from './lgamma.ts';
import { logDet } from './log-det.ts';
import { registerGradients } from './register-gradients.ts';
import { type TriangularSolveOptions, triangularSolve } from './triangular-solve.ts';

/** The ops that tfjs-core lacks, batched over leading axes, float32, with gradients, on every tfjs backend. */
export type TensorOps = {
  /** Lower Cholesky factors: `[..., D, D]` → `[..., D, D]`; NaN where a matrix is not positive definite. */
  cholesky(a: Tensor): Tensor;
  /** Solutions of L X = B, or Lᵀ X = B under `adjoint`: `[..., D, D]`, `[..., D, M]` → `[..., D, M]`. */
  triangularSolve(lower: Tensor, rhs: Tensor, options?: TriangularSolveOptions): Tensor;
  /** log |A| of symmetric positive definite matrices: `[..., D, D]` → `[...]`; NaN where one is not. */
  logDet(a: Tensor): Tensor;
  /** log |Γ(x)|, twice differentiable. */
  lgamma(x: Tensor): Tensor;
  /** ψ(x), the derivative of `lgamma`, once differentiable. */
  digamma(x: Tensor): Tensor;
};

/**
 * Binds the missing ops to a tfjs module, and registers the gradients of all ordinary ops where they are not there yet.
 *
 * On the native backend they are ops of TensorFlow; elsewhere they are computed on the host in float64 and rounded. The backend is asked
 * for at each call, so it may be switched between calls.
 *
 * @param tf  tfjs-core, or a union that carries it (tfjs-node), with a backend set before the first call
 *
 * @example
 * const { logDet } = tensorOps(tf);
 * const inverse = tf.grad((a) => tf.sum(logDet(a))); // its value at a is the inverse of a
 * inverse(tf.tensor2d([[2, 0], [0, 4]])); // [[0.5, 0.0], [0.0, 0.25]]
 */
export function tensorOps(tf: Tf): TensorOps {
  registerGradients(tf);
  return {
    cholesky: (a) => cholesky(tf, a),
    triangularSolve: (lower, rhs, options) => triangularSolve(tf, lower, rhs, options),
    logDet: (a) => logDet(tf, a),
    lgamma: (x) => lgamma(tf, x),
    digamma: (x) => digamma(tf, x),
  };
}
