import type { Matrix } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';

/**
 * A linear map of rows, in float64.
 *
 *     y_n = x_n·W + b
 *
 * @param x  `[N, D]`
 * @param W  `[D, E]`
 * @param b  `[E]` or nothing
 * @param name  of the map, for messages
 * @returns `[N, E]`
 *
 * Cost: N·D·E multiply–adds.
 */
export function project(x: Matrix, W: Matrix, b: ArrayLike<number> | undefined, name: string, where: string): Matrix {
  if (W.rows !== x.cols) {
    fail(
      where,
      'BAD_SHAPE',
      `the ${name} weights have ${counted(W.rows, 'row')}, their input has ${counted(x.cols, 'column')}; the two must agree`,
    );
  }
  if (b !== undefined && b.length !== W.cols) {
    fail(
      where,
      'BAD_SHAPE',
      `the ${name} bias holds ${counted(b.length, 'number')}, its weights have ${counted(W.cols, 'column')}`,
    );
  }
  const E = W.cols;
  const data = new Float64Array(x.rows * E);
  for (let n = 0; n < x.rows; n++) {
    const out = data.subarray(n * E, (n + 1) * E);
    if (b !== undefined) out.set(b);
    for (let d = 0; d < x.cols; d++) {
      const value = x.data[n * x.cols + d]!;
      if (value === 0) continue;
      for (let e = 0; e < E; e++) out[e]! += value * W.data[d * E + e]!;
    }
  }
  return { data, rows: x.rows, cols: E };
}
