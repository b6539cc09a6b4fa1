import type { LinearTerm, Matrix } from '@mixtention/core';
import type { Space } from '../space.ts';

/** Chances of 1 and of 0, `[B, C]` each: 1 − p would lose the digits of a p near 1 in float32. */
export type Chances = { readonly yes: Matrix; readonly no: Matrix };

/** Logits of a binary family `[K, D]`: what its scores multiply x by, whichever terms they stand in. */
export function logitsOf({ family, params, logWeights, components: K, width: D }: Space): Float64Array {
  const logits = new Float64Array(K * D);
  for (const { width, columns, natural } of family.scores(params, logWeights).terms as readonly LinearTerm[])
    for (let i = 0; i < K * width; i++)
      logits[Math.floor(i / width) * D + (columns?.[i % width] ?? i % width)]! += natural[i]!;
  return logits;
}

/**
 * Values of a binary family for the kernel: θ of some columns, and 1 − θ beside it when outcomes are to be scored.
 *
 * Both come from the logits, so that a probability of 0 or 1 is as possible here as in the family's own scores.
 *
 * @returns `[K, C]`, or `[K, 2C]` when scored
 */
export function chancesOf(space: Space, columns: Int32Array, scored: boolean): Matrix {
  const logits = logitsOf(space);
  const { components: K, width: D } = space;
  const C = columns.length;
  const cols = scored ? 2 * C : C;
  const data = new Float64Array(K * cols);
  for (let k = 0; k < K; k++) {
    for (let c = 0; c < C; c++) {
      const logit = logits[k * D + columns[c]!]!;
      data[k * cols + c] = logistic(logit);
      if (scored) data[k * cols + C + c] = logistic(-logit);
    }
  }
  return { data, rows: K, cols };
}

/** `[B, 2C]` as two matrices. */
export function cutChances({ data, rows, cols }: Matrix): Chances {
  const C = cols / 2;
  const yes = new Float64Array(rows * C);
  const no = new Float64Array(rows * C);
  for (let n = 0; n < rows; n++) {
    yes.set(data.subarray(n * cols, n * cols + C), n * C);
    no.set(data.subarray(n * cols + C, (n + 1) * cols), n * C);
  }
  return { yes: { data: yes, rows, cols: C }, no: { data: no, rows, cols: C } };
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
