import type { Backend, Matrix, Scores } from '@mixtention/core';
import { identity } from '@mixtention/core/kernel';
import type { Linear } from './weights.ts';

/**
 * A linear map of rows, by the kernel: its scores before any softmax are `x·wᵀ + b`.
 *
 * @returns `[N, out]`
 *
 * Cost: N·in·out multiply–adds.
 */
export function linear(
  x: Matrix,
  { weight, bias }: Linear,
  backend: Backend,
): Matrix & { readonly data: Float64Array } {
  const { rows: out, cols } = weight;
  const term = {
    form: 'linear',
    statistics: identity.none,
    columns: null,
    width: cols,
    natural: Float64Array.from(weight.data),
  } as const;
  const scores: Scores = { components: out, bias: bias ?? new Float64Array(out), terms: [term] };
  const data = new Float64Array(x.rows * out);
  const rows = backend.take({ ...x, stride: x.cols });
  try {
    backend.score([rows], scores, (start, count, tile) => data.set(tile.subarray(0, count * out), start * out));
  } finally {
    backend.release(rows);
  }
  return { data, rows: x.rows, cols: out };
}
