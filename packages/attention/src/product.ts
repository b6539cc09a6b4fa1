import { type Backend, type Matrix, plain, type Scores } from '@mixtention/core';
import { identity } from '@mixtention/core/kernel';
import { emptyRows, type Float64Rows } from './rows.ts';

/**
 * `a·bᵀ + bias` on a backend: the kernel's scores before any softmax.
 *
 * @param a     `[N, P]`
 * @param b     `[K, P]`
 * @param bias  `[K]` or nothing
 * @returns `[N, K]`
 *
 * Cost: N·K·P multiply–adds.
 */
export function product(a: Matrix, b: Matrix, bias: Float64Array | null, backend: Backend = plain): Float64Rows {
  const K = b.rows;
  const natural = b.data instanceof Float64Array ? b.data : Float64Array.from(b.data);
  const term = { form: 'linear', statistics: identity.none, columns: null, width: b.cols, natural } as const;
  const scores: Scores = { components: K, bias: bias ?? new Float64Array(K), terms: [term] };
  const result = emptyRows(a.rows, K);
  const rows = backend.take({ ...a, stride: a.cols });
  try {
    backend.score([rows], scores, (start, count, tile) => result.data.set(tile.subarray(0, count * K), start * K));
  } finally {
    backend.release(rows);
  }
  return result;
}

/** Blocks of so many rows and columns stay in the cache while they are turned. */
const SIDE = 32;

/** `aᵀ` */
export function transposed({ data, rows, cols }: Matrix): Float64Rows {
  const turned = emptyRows(cols, rows);
  for (let top = 0; top < rows; top += SIDE)
    for (let left = 0; left < cols; left += SIDE)
      for (let i = top; i < Math.min(rows, top + SIDE); i++)
        for (let j = left; j < Math.min(cols, left + SIDE); j++) turned.data[j * rows + i] = data[i * cols + j]!;
  return turned;
}

/** Sums of columns `[cols]`. */
export function columnSums({ data, cols }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let row = 0; row < data.length; row += cols) for (let j = 0; j < cols; j++) sums[j]! += data[row + j]!;
  return sums;
}
