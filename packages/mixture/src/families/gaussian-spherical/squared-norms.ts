import type { Matrix, Stand } from '@mixtention/core';
import { squaredNorm } from '../gaussian/precision-scores.ts';

/** T(x) = [x; ‖x‖²] of all columns, C = D + 1. */
export const squaredNorms: Stand = {
  statistics: {
    key: 'x, ‖x‖²',
    squares: 'none',
    width: (columns) => columns + 1,
    statistics: withNorms,
    logBaseMeasure: () => null,
  },
  columns: null,
};

function withNorms({ data, rows, cols }: Matrix): Matrix {
  const P = cols + 1;
  const all = data instanceof Float64Array ? new Float64Array(rows * P) : new Float32Array(rows * P);
  for (let n = 0; n < rows; n++) {
    const row = data.subarray(n * cols, (n + 1) * cols);
    all.set(row, n * P);
    all[n * P + cols] = squaredNorm(row);
  }
  return { data: all, rows, cols: P };
}
