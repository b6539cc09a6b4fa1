import {
  type Backend,
  type DataRows,
  type Density,
  float64,
  type Matrix,
  type Scores,
  type Transform,
} from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { applyTransform, isScaled, openRows } from '@mixtention/core/data';
import { reachOf, withinReach } from '../families/reach.ts';

/** What scores rows of user space: the scores of a mixture in the space of a fit, and the way there. */
export type Scorer = {
  readonly family: Density;
  readonly scores: Scores;
  /** The same by distances, for rows whose squares may overflow. */
  readonly farScores: () => Scores;
  readonly transform: Transform;
};

/** Values of a block: 16 MB of float64, so that rows are never copied all at once, yet in parts that keep a backend busy. */
const BLOCK_VALUES = 2 ** 21;

/** Its square still fits float32 (3e38); beyond, infinities would meet and give NaN. */
const FARTHEST = 1e18;

/** A run of rows, bound to a backend. */
export type Block = {
  readonly start: number;
  readonly rows: DataRows;
  readonly scores: Scores;
  /** What is added to the evidence of each row for its log density in user space: −log |∂x/∂x̃|. */
  readonly shift: number;
};

/**
 * Visits rows in blocks: mapped into the space of the fit in float64, bound to the backend (blocks that float32 cannot square to `float64`), released after use.
 *
 * @param x  `[N, D]`, user space
 */
export function eachBlock(x: Matrix, scorer: Scorer, backend: Backend, visit: (block: Block) => void): void {
  const { family, scores, transform } = scorer;
  const width = scores.terms.reduce((sum, term) => sum + term.width, x.cols);
  const size = Math.max(1, Math.floor(BLOCK_VALUES / width));
  const shift = -transform.scale.reduce((sum, s) => sum + Math.log(s), 0);
  for (let start = 0; start < x.rows; start += size) {
    const part = rowsOf(x, start, Math.min(x.rows, start + size));
    const scaled = isScaled(family, x.cols);
    const mapped = scaled ? applyTransform(part, transform) : part;
    const far = scaled && isFar(mapped);
    const own = far ? scorer.farScores() : scores;
    const rows = openRows(far ? withinReach(mapped, reachOf(own)) : mapped, far ? float64 : backend);
    try {
      visit({ start, rows, scores: own, shift });
    } finally {
      rows.release();
    }
  }
}

function isFar({ data }: Matrix): boolean {
  for (let i = 0; i < data.length; i++) if (!(Math.abs(data[i]!) <= FARTHEST)) return true;
  return false;
}
