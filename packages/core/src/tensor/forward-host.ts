import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { cholesky } from '../numeric/linalg/cholesky.ts';
import { triangularSolve } from '../numeric/linalg/triangular-solve.ts';
import { digamma } from '../numeric/special/digamma.ts';
import { lgamma } from '../numeric/special/lgamma.ts';
import { trigamma } from '../numeric/special/trigamma.ts';
import type { Forward } from './forward-ops.ts';

/**
 * Values by the float64 functions of this package, for any tfjs backend: data come to the host and go back.
 * Matrices are small here, and a batched product in wasm costs as much.
 */
export function hostForward(tf: Tf): Forward {
  const map = (x: Tensor, f: (value: number) => number): Tensor => tf.tensor(x.dataSync<'float32'>().map(f), x.shape);
  return {
    cholesky: (a) => tf.tensor(factors(new Float64Array(a.dataSync()), a.shape.at(-1)!), a.shape),
    triangularSolve(lower, rhs, adjoint) {
      const [d, columns] = rhs.shape.slice(-2) as [number, number];
      return tf.tensor(solutions(lower, rhs, d, columns, adjoint), rhs.shape);
    },
    lgamma: (x) => map(x, lgamma),
    digamma: (x) => map(x, digamma),
    trigamma: (x) => map(x, trigamma),
  };
}

function factors(a: Float64Array, d: number): Float32Array {
  for (let start = 0; start < a.length; start += d * d) {
    const matrix = a.subarray(start, start + d * d);
    if (cholesky(matrix, d, matrix) === d) continue;
    for (let i = 0; i < d; i++) matrix.fill(Number.NaN, i * d, i * d + i + 1);
  }
  return new Float32Array(a);
}

function solutions(lower: Tensor, rhs: Tensor, d: number, columns: number, adjoint: boolean): Float32Array {
  const [l, x] = [new Float64Array(lower.dataSync()), new Float64Array(rhs.dataSync())];
  for (let b = 0; b * d * d < l.length; b++) {
    const out = x.subarray(b * d * columns, (b + 1) * d * columns);
    triangularSolve(l.subarray(b * d * d, (b + 1) * d * d), d, out, { columns, adjoint, out });
  }
  return new Float32Array(x);
}
