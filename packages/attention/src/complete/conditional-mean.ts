import type { Conditional, Matrix } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import type { Space } from '../space.ts';
import { takeColumns } from './columns.ts';
import type { MaskGroup } from './observed-mask.ts';

/** E[x_M | x_O, z = k] as values for the kernel: what it reads, `finish` turns into E[x_M | x_O]. */
export type ConditionalMean = {
  /** `[K, V]` */
  readonly values: Matrix;
  /** Output `[B, V]` and rows `[B, D]` to predictions `[B, |M|]`. */
  finish(output: Matrix, x: Matrix): Matrix;
};

/**
 * The conditional mean of the hidden columns, which is affine in the seen ones: the family tells how.
 *
 *     E[x_M | x_O] = Σₖ r_k a_k + (Σₖ r_k B_k) x_O
 *
 * So it is one read whose values are [a_k, B_k] side by side: V = |M|·(1 + |O|). Where all components share B (tied covariances), or it is 0, V = |M|.
 */
export function conditionalMean(space: Space, group: MaskGroup): ConditionalMean {
  const { observed, hidden } = group;
  const { components: K } = space;
  const { intercepts, slopes } = conditionalOf(space, group);
  const means = { data: intercepts, rows: K, cols: hidden.length };
  if (slopes === null) return { values: means, finish: (output) => output };
  if (slopes.length === hidden.length * observed.length) {
    const B = { data: slopes, rows: hidden.length, cols: observed.length };
    return { values: means, finish: (output, x) => addShared(output, B, takeColumns(x, observed)) };
  }
  return {
    values: beside(means, slopes),
    finish: (output, x) => contract(output, hidden.length, takeColumns(x, observed)),
  };
}

/** a_k and B_k of a group of rows, as the family tells them. */
export function conditionalOf({ family, params }: Space, { observed, hidden }: MaskGroup): Conditional {
  if (family.conditional === undefined)
    return fail(
      'attention/complete',
      'BAD_OPTION',
      `the family ${family.spec.name} does not tell what seen columns say of hidden ones, which its completion needs`,
    );
  return family.conditional(params, Array.from(observed), Array.from(hidden));
}

function rowOf({ data, cols }: Matrix, n: number): Float64Array | Float32Array {
  return data.subarray(n * cols, (n + 1) * cols);
}

/** `out[at + m] += sign · Σ_j B_mj x_j` */
function addProduct(
  out: Float64Array | Float32Array,
  at: number,
  { data, rows, cols }: Matrix,
  x: Float64Array | Float32Array,
  sign: number,
): void {
  for (let m = 0; m < rows; m++) {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += data[m * cols + j]! * x[j]!;
    out[at + m]! += sign * sum;
  }
}

function addShared(output: Matrix, B: Matrix, x: Matrix): Matrix {
  for (let n = 0; n < x.rows; n++) addProduct(output.data, n * output.cols, B, rowOf(x, n), 1);
  return output;
}

/** [a_k, B_k] of every component as one row. */
function beside(intercepts: Matrix, slopes: Float64Array): Matrix {
  const { rows, cols: M } = intercepts;
  const size = slopes.length / rows;
  const cols = M + size;
  const data = new Float64Array(rows * cols);
  for (let k = 0; k < rows; k++) {
    data.set(intercepts.data.subarray(k * M, (k + 1) * M), k * cols);
    data.set(slopes.subarray(k * size, (k + 1) * size), k * cols + M);
  }
  return { data, rows, cols };
}

/** Mean intercept and mean slopes of a row, applied to what that row shows. */
function contract(output: Matrix, M: number, x: Matrix): Matrix {
  const data = new Float64Array(x.rows * M);
  for (let n = 0; n < x.rows; n++) {
    const own = rowOf(output, n);
    data.set(own.subarray(0, M), n * M);
    addProduct(data, n * M, { data: own.subarray(M), rows: M, cols: x.cols }, rowOf(x, n), 1);
  }
  return { data, rows: x.rows, cols: M };
}
