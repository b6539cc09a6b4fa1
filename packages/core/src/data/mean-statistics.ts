import type { Dataset, Family, Matrix, Transform } from '../contracts/index.ts';
import { type Pass, runPass } from './pass.ts';
import { openReader, openTable } from './reader.ts';
import { applyTransform, identityTransform } from './transform.ts';

/** The part of a family that is called. */
type Statistics = Pick<Family, 'statistics' | 'statisticsWidth'>;

/**
 * Weighted mean of T(x) over all rows, in the space of the fit.
 *
 * @param x  a data set, or rows `[N, D]` that are there already
 * @returns `[P]`
 *
 * Cost: N·P additions; statistics of a part of the rows are held at once.
 */
export function meanStatistics(family: Statistics, x: Dataset | Matrix): Float64Array {
  if ('source' in x) return runPass(openReader(x), means(family, x.width, x.transform, x.sides.weights));
  return runPass(openTable(x), means(family, x.cols, identityTransform(x.cols), null));
}

function means(
  family: Statistics,
  cols: number,
  transform: Transform,
  weights: Float64Array | null,
): Pass<Float64Array> {
  const P = family.statisticsWidth(cols);
  const mean = new Float64Array(P);
  let total = 0;
  return {
    add(part, first) {
      const { data } = family.statistics(applyTransform(part, transform));
      for (let n = 0; n < part.rows; n++) {
        const w = weights === null ? 1 : weights[first + n]!;
        if (w === 0) continue; // its statistics may be infinite
        total += w;
        for (let p = 0; p < P; p++) mean[p]! += w * data[n * P + p]!;
      }
    },
    done: () => mean.map((sum) => sum / total),
  };
}
