import type { Matrix, Stand } from '@mixtention/core';
import { statisticsWidth } from './guide.ts';

/** T(x) = [x; vec xxᵀ] of all columns, C = D + D²: what q(z) is linear in. */
export const outer: Stand = {
  statistics: {
    key: 'x, vec xxᵀ',
    squares: 'none',
    width: statisticsWidth,
    statistics: outerStatistics,
    logBaseMeasure: () => null,
  },
  columns: null,
};

/** `[x; vec xxᵀ]` of every row, `[N, D]` → `[N, D + D²]`, in the precision of x. */
export function outerStatistics(x: Matrix): Matrix {
  const { rows, cols: D } = x;
  const P = statisticsWidth(D);
  const data = x.data instanceof Float64Array ? new Float64Array(rows * P) : new Float32Array(rows * P);
  for (let n = 0; n < rows; n++) {
    const row = x.data.subarray(n * D, (n + 1) * D);
    data.set(row, n * P);
    for (let i = 0; i < D; i++) for (let j = 0; j < D; j++) data[n * P + D + i * D + j] = row[i]! * row[j]!;
  }
  return { data, rows, cols: P };
}
