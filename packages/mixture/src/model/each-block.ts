import type { Backend, DataRows, Density, Matrix, Scores, Transform } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { applyTransform, isScaled, openRows } from '@mixtention/core/data';
import { precisionOf } from '@mixtention/core/kernel';

/** What scores rows of user space: the scores of a mixture in the space of a fit, and the way there. */
export type Scorer = { readonly family: Density; readonly scores: Scores; readonly transform: Transform };

/** Values of a block: 16 MB of float64, so that rows are never copied all at once, yet in parts that keep a backend busy. */
const BLOCK_VALUES = 2 ** 21;

/** Its square still fits float32 (3e38); beyond, infinities would meet and give NaN. A row this far is nobody's either way. */
const FARTHEST = 1e18;

/** A run of rows, bound to a backend. */
export type Block = {
  readonly start: number;
  readonly rows: DataRows;
  /** What is added to the evidence of each row for its log density in user space: −log |∂x/∂x̃|. */
  readonly shift: number;
};

/**
 * Visits rows in blocks: mapped into the space of the fit in float64, bound to the backend, released after use.
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
    const mapped = isScaled(family, x.cols) ? within(applyTransform(part, transform), backend, scores) : part;
    const rows = openRows(mapped, backend);
    try {
      visit({ start, rows, shift });
    } finally {
      rows.release();
    }
  }
}

/** Scaled rows that float32 can square: cells are cut at 1e18 deviations, in place. */
function within(rows: Matrix, backend: Backend, scores: Scores): Matrix {
  if (backend.precision === 'float64' || precisionOf(scores) === 'float64') return rows;
  const { data } = rows;
  for (let i = 0; i < data.length; i++) if (Math.abs(data[i]!) > FARTHEST) data[i] = Math.sign(data[i]!) * FARTHEST;
  return rows;
}
