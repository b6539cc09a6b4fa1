import type { Matrix, Scores } from '@mixtention/core';
import { plain } from '@mixtention/core';
import { standStatistics } from '@mixtention/core/kernel';

/** Cells, and rows at least and at most, of the sample that proposals are made of. */
const CELLS = 2 ** 18;
const LEAST_ROWS = 200;
const MOST_ROWS = 4000;

/** Rows of the sample that proposals are made of, for rows of such a width. */
function sampleSize(width: number): number {
  return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(CELLS / width)));
}

/** Of some rows those that proposals are made of, evenly. */
export function thinned({ data, rows, cols }: Matrix): Matrix & { readonly data: Float64Array } {
  const most = Math.min(rows, sampleSize(cols));
  const chosen = new Float64Array(most * cols);
  for (let i = 0; i < most; i++) {
    const n = Math.floor((i * rows) / most);
    chosen.set(data.subarray(n * cols, (n + 1) * cols), i * cols);
  }
  return { data: chosen, rows: most, cols };
}

/** How components share some rows. */
export type Reading = {
  readonly rows: number;
  readonly components: number;
  /** L `[n, K]` */
  readonly scores: Float64Array;
  /** log Σ_k exp L_nk `[n]` */
  readonly evidence: Float64Array;
  /** r `[n, K]` */
  readonly responsibilities: Float64Array;
};

/** Scores and responsibilities of the rows of a sample; few as they are, N×K may be held. */
export function readSample(x: Matrix, scores: Scores): Reading {
  const K = scores.components;
  const L = new Float64Array(x.rows * K);
  const own = scores.terms.map((term) => {
    const statistics = standStatistics(term, x);
    return plain.take({ ...statistics, stride: statistics.cols });
  });
  plain.score(own, scores, (start, count, tile) => L.set(tile.subarray(0, count * K), start * K));
  for (const rows of own) plain.release(rows);
  const evidence = new Float64Array(x.rows);
  const responsibilities = new Float64Array(L.length);
  for (let n = 0; n < x.rows; n++) {
    const row = L.subarray(n * K, (n + 1) * K);
    const top = row.reduce((most, l) => Math.max(most, l), Number.NEGATIVE_INFINITY);
    if (top === Number.NEGATIVE_INFINITY) {
      evidence[n] = top;
      continue;
    }
    evidence[n] = top + Math.log(row.reduce((sum, l) => sum + Math.exp(l - top), 0));
    for (let k = 0; k < K; k++) responsibilities[n * K + k] = Math.exp(row[k]! - evidence[n]!);
  }
  return { rows: x.rows, components: K, scores: L, evidence, responsibilities };
}

/** Mean statistics of each of J groups, one array a term, and Σ of the rows' shares: what stands in for rows that a move would give to new components. */
export function groupSums(
  x: Matrix,
  scores: Scores,
  shares: Float64Array,
  groups: number,
): { readonly counts: Float64Array; readonly sums: readonly Float64Array[] } {
  const own = scores.terms.map((term) => {
    const statistics = standStatistics(term, x);
    return plain.take({ ...statistics, stride: statistics.cols });
  });
  const { counts, sums } = plain.accumulate(own, { components: groups, stands: scores.terms }, (start, count, out) => {
    for (let i = 0; i < count * groups; i++) out[i] = shares[start * groups + i]!;
  });
  for (const rows of own) plain.release(rows);
  return { counts, sums };
}
