import { rowsOf } from '../base/matrix.ts';
import type { Family, Matrix, Transform } from '../contracts/index.ts';
import { applyTransform, identityTransform } from './dataset.ts';

/** Rows whose statistics are held at once. */
const CHUNK_ROWS = 4096;

/**
 * Weighted mean of T(x) over all rows, in the space of the fit.
 *
 * @param x  `[N, D]`, user space
 * @returns `[P]`
 *
 * Cost: N·P additions; statistics of at most 4,096 rows are held at once.
 */
export function meanStatistics(
  family: Family,
  x: Matrix,
  transform: Transform = identityTransform(x.cols),
  weights: Float64Array | null = null,
): Float64Array {
  const P = family.statisticsWidth(x.cols);
  const mean = new Float64Array(P);
  let total = 0;
  for (let start = 0; start < x.rows; start += CHUNK_ROWS) {
    const part = rowsOf(x, start, Math.min(x.rows, start + CHUNK_ROWS));
    const { data } = family.statistics(applyTransform(part, transform));
    for (let n = 0; n < part.rows; n++) {
      const w = weights === null ? 1 : weights[start + n]!;
      if (w === 0) continue; // its statistics may be infinite
      total += w;
      for (let p = 0; p < P; p++) mean[p]! += w * data[n * P + p]!;
    }
  }
  return mean.map((sum) => sum / total);
}
