import type { Matrix, Scores } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { isShared } from '@mixtention/core/kernel';
import { describeComponent, type Space } from '../space.ts';
import { block, describeColumns, takeColumns } from './columns.ts';
import type { MaskGroup } from './observed-mask.ts';
import type { View } from './view.ts';

type Writable = Matrix & { readonly data: Float64Array };

/** E[x_M | x_O, z = k] as values for the kernel: what it reads, `finish` turns into E[x_M | x_O]. */
export type ConditionalMean = {
  /** `[K, V]` */
  readonly values: Matrix;
  /** Output `[B, V]` and rows `[B, D]` to predictions `[B, |M|]`. */
  finish(output: Matrix, x: Matrix): Matrix;
};

/**
 * The conditional mean of the hidden columns, which is affine in the seen ones for Gaussian components and constant for others.
 *
 *     E[x_M | x_O, k] = a_k + B_k x_O,  B_k = Σ_MO Σ_OO⁻¹,  a_k = μ_M − B_k μ_O
 *     E[x_M | x_O] = Σₖ r_k a_k + (Σₖ r_k B_k) x_O
 *
 * So it is one read whose values are [a_k, B_k] side by side: V = |M|·(1 + |O|). Where all B_k are equal (tied covariances) V = |M|.
 *
 * @param view  of the seen columns, whose whitening factor is used again: no second factorisation
 *
 * Cost: K·|M|·|O|² once.
 */
export function conditionalMean(space: Space, group: MaskGroup, view: View): ConditionalMean {
  const { observed, hidden } = group;
  const { means, cross } = crossCovariances(space, group);
  if (cross.length === 0) return { values: means, finish: (output) => output };
  const slopes = regressions(cross, view.scores, space.family.spec.name);
  const centers = describeColumns(space, observed).means; // [K, |O|]
  slopes.forEach((B, k) => {
    addProduct(means.data, k * hidden.length, B, rowOf(centers, k), -1);
  });
  const first = slopes[0]!;
  if (slopes.every((B) => B.data.every((b, i) => b === first.data[i]))) {
    return { values: means, finish: (output, x) => addShared(output, first, takeColumns(x, observed)) };
  }
  return {
    values: beside(means, slopes),
    finish: (output, x) => contract(output, hidden.length, takeColumns(x, observed)),
  };
}

/** μ_M `[K, |M|]` and Σ_MO of each component; no Σ_MO at all where hidden and seen columns are uncorrelated in every component. */
function crossCovariances(space: Space, { observed, hidden }: MaskGroup): { means: Writable; cross: Matrix[] } {
  const means = new Float64Array(space.components * hidden.length);
  const cross: Matrix[] = [];
  let correlated = false;
  for (let k = 0; k < space.components; k++) {
    const own = describeComponent(space, k);
    means.set(takeColumns(own.means, hidden).data, k * hidden.length);
    if (own.covariances === null) continue;
    cross.push(block(own.covariances[0]!, hidden, observed));
    correlated ||= cross[k]!.data.some((c) => c !== 0);
  }
  return { means: { data: means, rows: space.components, cols: hidden.length }, cross: correlated ? cross : [] };
}

function regressions(cross: readonly Matrix[], scores: Scores, name: string): Matrix[] {
  const [term] = scores.terms;
  if (scores.terms.length !== 1 || term!.form !== 'whitened') {
    return fail(
      'attention/complete',
      'BAD_MODEL',
      `the family ${name} has correlated columns but no whitened scores, which its completion needs`,
    );
  }
  const { factor, width: O } = term!;
  const one = isShared(term!, scores.components);
  return cross.map((c, k) => regression(c, one ? factor : factor.subarray(k * O * O, (k + 1) * O * O)));
}

function rowOf({ data, cols }: Matrix, n: number): Float64Array | Float32Array {
  return data.subarray(n * cols, (n + 1) * cols);
}

/** B = Σ_MO Wᵀ W, with Σ_OO⁻¹ = Wᵀ W. */
function regression({ data, rows, cols: O }: Matrix, W: Float64Array): Matrix {
  const half = new Float64Array(rows * O);
  const B = new Float64Array(rows * O);
  for (let m = 0; m < rows; m++) {
    for (let i = 0; i < O; i++) for (let j = 0; j <= i; j++) half[m * O + i]! += data[m * O + j]! * W[i * O + j]!;
    for (let i = 0; i < O; i++) for (let j = 0; j <= i; j++) B[m * O + j]! += half[m * O + i]! * W[i * O + j]!;
  }
  return { data: B, rows, cols: O };
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
function beside(intercepts: Matrix, slopes: readonly Matrix[]): Matrix {
  const M = intercepts.cols;
  const cols = M + slopes[0]!.data.length;
  const data = new Float64Array(intercepts.rows * cols);
  slopes.forEach((B, k) => {
    data.set(intercepts.data.subarray(k * M, (k + 1) * M), k * cols);
    data.set(B.data, k * cols + M);
  });
  return { data, rows: intercepts.rows, cols };
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
