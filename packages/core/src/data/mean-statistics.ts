import type { Dataset, Sample, Stand, Transform } from '../contracts/index.ts';
import { standStatistics, standWidth, sumsLength } from '../kernel/statistics.ts';
import { sumTile } from '../kernel/sum-tile.ts';
import { type Pass, runPass } from './pass.ts';
import { openReader, openTable } from './reader.ts';
import { applyTransform, identityTransform } from './transform.ts';

/**
 * Weighted mean of T(x) over all rows, in the space of the fit, and of its products where sums hold them.
 *
 * @param stands  the terms of a family: `family.terms(D)`
 * @param x       a data set, or rows `[N, D]` that are there already
 * @returns one array a term, laid out as the sums of one component
 *
 * Cost: N·P additions; statistics of a part of the rows are held at once.
 *
 * @example
 * meanStatistics(gaussianDiagonal.terms(1), matrix([[1], [3]]))[0]; // [2, 5]
 */
export function meanStatistics(stands: readonly Stand[], x: Dataset | Sample): Float64Array[] {
  if ('source' in x) return runPass(openReader(x), means(stands, x.width, x.transform, x.sides.weights));
  return runPass(openTable(x), means(stands, x.cols, identityTransform(x.cols), x.weights ?? null));
}

function means(
  stands: readonly Stand[],
  cols: number,
  transform: Transform,
  weights: Float64Array | null,
): Pass<Float64Array[]> {
  const sums = stands.map((s) => new Float64Array(sumsLength(s.statistics.squares, standWidth(s, cols), 1)));
  let total = 0;
  return {
    add(part, first) {
      const R = Float64Array.from({ length: part.rows }, (_, n) => weights?.[first + n] ?? 1);
      total += R.reduce((sum, w) => sum + w, 0);
      const rows = applyTransform(part, transform);
      stands.forEach((stand, t) => {
        const s = standStatistics(stand, rows);
        // It passes over rows of weight 0, whose statistics may be infinite.
        sumTile({ ...s, stride: s.cols }, stand.statistics.squares, { start: 0, count: s.rows, R }, 1, sums[t]!);
      });
    },
    done: () => sums.map((own) => own.map((sum) => sum / total)),
  };
}
