import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { checkSquare } from './check.ts';
import { forward } from './forward.ts';
import { lowerTriangle } from './lower-triangle.ts';
import { triangularSolve } from './triangular-solve.ts';

/**
 * Lower Cholesky factors of a batch of symmetric positive definite matrices, twice differentiable on every tfjs backend.
 *
 *     A = L Lᵀ;   Ā = ½ (S + Sᵀ),  S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹,  Φ the lower triangle with half its diagonal
 *
 * Only the lower triangle of A is read. A matrix that is not positive definite, or not finite, gives NaN throughout its lower triangle
 * and in its gradient, and does not touch its neighbours: check for NaN, there is no error to catch.
 *
 * @param tf  tfjs with a backend set
 * @param a   A, `[..., D, D]`, float32
 * @returns L, `[..., D, D]`, zeros above the diagonal
 * @throws MixtentionError BAD_SHAPE unless square, BAD_DATA unless float32
 *
 * Cost: D³/6 multiply–adds a matrix, 2·D³ for the gradient.
 * Source: Murray (2016), Differentiation of the Cholesky decomposition, arXiv:1602.07527, eq. 10.
 *
 * @example
 * const { cholesky } = tensorOps(tf);
 * cholesky(tf.tensor2d([[4, 2], [2, 3]])); // [[2, 0], [1, 1.41421]]
 */
export function cholesky(tf: Tf, a: Tensor): Tensor {
  checkSquare('core/cholesky', a);
  return tf.customGrad((...args) => {
    const [matrix, save] = args as [Tensor, GradSaveFunc];
    save([matrix]);
    return { value: forward(tf).cholesky(matrix), gradFunc: (dy, saved) => backward(tf, saved[0]!, dy) };
  })(a);
}

function backward(tf: Tf, matrix: Tensor, dy: Tensor): Tensor {
  // Computed anew: tfjs takes a saved output for a constant when it differentiates a second time, and gives a wrong answer.
  const lower = cholesky(tf, matrix);
  const half = lowerTriangle(tf, lower.shape.at(-1)!, 0.5);
  const phi = tf.mul(tf.matMul(lower, dy, true, false), half);
  const left = triangularSolve(tf, lower, phi, { adjoint: true }); // L⁻ᵀ Φ
  const both = triangularSolve(tf, lower, swapLast(tf, left), { adjoint: true }); // (L⁻ᵀ Φ L⁻¹)ᵀ
  return tf.mul(tf.add(both, swapLast(tf, both)), 0.5);
}

function swapLast(tf: Tf, x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
