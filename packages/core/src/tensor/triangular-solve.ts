import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { fail } from '../base/errors.ts';
import { checkFloat, checkSquare } from './check.ts';
import { forward } from './forward.ts';
import { lowerTriangle } from './lower-triangle.ts';

export type TriangularSolveOptions = {
  /** Solve with the transpose of the lower triangle. */ readonly adjoint?: boolean;
};

/**
 * Solves lower triangular systems, or their transposes, for a batch of matrices, twice differentiable on every tfjs backend.
 *
 *     L X = B:   B̄ = L⁻ᵀ X̄,  L̄ = −tril(B̄ Xᵀ);      under `adjoint`  Lᵀ X = B:   B̄ = L⁻¹ X̄,  L̄ = −tril(X B̄ᵀ)
 *
 * What lies above the diagonal of L is not read. A diagonal entry of 0 gives infinities or NaN, as division does.
 *
 * @param tf     tfjs with a backend set
 * @param lower  L, `[..., D, D]`, float32
 * @param rhs    B, `[..., D, M]`, float32; leading axes of 1, or missing, are repeated on either side
 * @returns X, `[..., D, M]`
 * @throws MixtentionError BAD_SHAPE when the two do not fit, BAD_DATA unless float32
 *
 * Cost: M·D²/2 multiply–adds a matrix, four times that for the gradient.
 * Source: Giles (2008), Collected matrix derivative results for forward and reverse mode algorithmic differentiation, sec. 2.3.1.
 *
 * @example
 * const { triangularSolve } = tensorOps(tf);
 * triangularSolve(tf.tensor2d([[2, 0], [1, 4]]), tf.tensor2d([[2], [9]])); // [[1], [2]]
 */
export function triangularSolve(
  tf: Tf,
  lower: Tensor,
  rhs: Tensor,
  { adjoint = false }: TriangularSolveOptions = {},
): Tensor {
  const batch = checkPair(tf, lower, rhs);
  const solve = tf.customGrad((...args) => {
    const [l, b, save] = args as unknown as [Tensor, Tensor, GradSaveFunc];
    save([l, b]);
    const value = forward(tf).triangularSolve(l, b, adjoint);
    return { value, gradFunc: (dy, saved) => backward(tf, saved[0]!, saved[1]!, dy, adjoint) };
  });
  return tf.tidy(() => solve(repeated(tf, lower, batch), repeated(tf, rhs, batch)));
}

function backward(tf: Tf, lower: Tensor, b: Tensor, dy: Tensor, adjoint: boolean): Tensor[] {
  // Computed anew: tfjs takes a saved output for a constant when it differentiates a second time, and gives a wrong answer.
  const x = triangularSolve(tf, lower, b, { adjoint });
  const rhs = triangularSolve(tf, lower, dy, { adjoint: !adjoint });
  const outer = adjoint ? tf.matMul(x, rhs, false, true) : tf.matMul(rhs, x, false, true);
  return [tf.mul(outer, tf.neg(lowerTriangle(tf, lower.shape.at(-1)!, 1))), rhs];
}

/** Checks that L and B fit, and returns the leading axes that both are to have. */
function checkPair(tf: Tf, lower: Tensor, rhs: Tensor): number[] {
  checkSquare('core/triangularSolve', lower);
  checkFloat('core/triangularSolve', rhs);
  const shapes = `shapes are [${lower.shape}] and [${rhs.shape}]`;
  if (rhs.rank < 2 || rhs.shape.at(-2) !== lower.shape.at(-1)) {
    fail('core/triangularSolve', 'BAD_SHAPE', `${shapes}, [..., D, D] and [..., D, M] are due`);
  }
  try {
    return tf.broadcast_util.assertAndGetBroadcastShape(lower.shape.slice(0, -2), rhs.shape.slice(0, -2));
  } catch (cause) {
    return fail('core/triangularSolve', 'BAD_SHAPE', `${shapes}, leading axes that are equal or 1 are due`, cause);
  }
}

function repeated(tf: Tf, x: Tensor, batch: readonly number[]): Tensor {
  const shape = [...batch, ...x.shape.slice(-2)];
  return shape.length === x.rank && shape.every((size, axis) => size === x.shape[axis]) ? x : tf.broadcastTo(x, shape);
}
