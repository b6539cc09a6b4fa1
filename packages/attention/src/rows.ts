import type { Matrix } from '@mixtention/core';

/** Rows in float64; sequences of a batch lie one below the other. */
export type Float64Rows = Matrix & { readonly data: Float64Array };

export function emptyRows(rows: number, cols: number): Float64Rows {
  return { data: new Float64Array(rows * cols), rows, cols };
}

/** Both together. */
export function addRows(a: Float64Rows, b: Float64Rows): Float64Rows {
  const sum = emptyRows(a.rows, a.cols);
  for (let i = 0; i < sum.data.length; i++) sum.data[i] = a.data[i]! + b.data[i]!;
  return sum;
}
