import type { Matrix, Stand } from '@mixtention/core';

/** T(x) = [x; x∘x] of all columns, C = 2D. */
export const squares: Stand = {
  statistics: {
    key: 'x, x∘x',
    squares: 'none',
    width: (columns) => 2 * columns,
    statistics: withSquares,
    logBaseMeasure: () => null,
  },
  columns: null,
};

function withSquares({ data, rows, cols }: Matrix): Matrix {
  const all = data instanceof Float64Array ? new Float64Array(2 * data.length) : new Float32Array(2 * data.length);
  for (let n = 0; n < rows; n++) {
    for (let d = 0; d < cols; d++) {
      const x = data[n * cols + d]!;
      all[2 * cols * n + d] = x;
      all[2 * cols * n + cols + d] = x * x;
    }
  }
  return { data: all, rows, cols: 2 * cols };
}
