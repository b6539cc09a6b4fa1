import type { Matrix } from '@mixtention/core';

/** R V `[N, V]`: rows of responsibilities `[N, K]` times values `[K, V]`. */
export function mixRows(r: ArrayLike<number>, v: Matrix): Matrix & { readonly data: Float64Array } {
  const rows = r.length / v.rows;
  const data = new Float64Array(rows * v.cols);
  for (let n = 0; n < rows; n++) {
    for (let k = 0; k < v.rows; k++) {
      const share = r[n * v.rows + k]!;
      if (share > 0) for (let c = 0; c < v.cols; c++) data[n * v.cols + c]! += share * v.data[k * v.cols + c]!;
    }
  }
  return { data, rows, cols: v.cols };
}
