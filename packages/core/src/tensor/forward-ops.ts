import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What differs between backends: values, without gradients. Tensors are float32, batched by leading axes.
 * The gradients in this folder are written once, in terms of these and of ordinary ops.
 */
export type Forward = {
  /** `[..., D, D]` → lower factors `[..., D, D]`; NaN in the lower triangle of a matrix that is not positive definite. */
  cholesky(a: Tensor): Tensor;
  /** `[..., D, D]`, `[..., D, M]` of equal leading axes → `[..., D, M]`. */
  triangularSolve(lower: Tensor, rhs: Tensor, adjoint: boolean): Tensor;
  lgamma(x: Tensor): Tensor;
  digamma(x: Tensor): Tensor;
  trigamma(x: Tensor): Tensor;
};
