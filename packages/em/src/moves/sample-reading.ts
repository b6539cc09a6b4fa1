import type { Matrix, Scores, Tree } from '@mixtention/core';
import { float64 } from '@mixtention/core';
import { standStatistics } from '@mixtention/core/kernel';
import type { MixtureStats } from '../mixture/collect-mixture.ts';

/** Cells, and rows at least and at most, of the sample that proposals are made of. */
const CELLS = 2 ** 18;
const LEAST_ROWS = 200;
const MOST_ROWS = 4000;

/** Of some rows those that proposals are made of, evenly. */
export function thinned(
  { data, rows, cols }: Matrix,
  mostRows: number = MOST_ROWS,
): Matrix & { readonly data: Float64Array } {
  const most = Math.min(rows, mostRows, Math.max(LEAST_ROWS, Math.floor(CELLS / cols)));
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

/** Sums of statistics of some groups of rows, one array a term, and Σ of the rows' shares. */
export type GroupSums = { readonly counts: Float64Array; readonly sums: readonly Float64Array[] };

/** Rows of a sample, taken in once. */
export type OpenSample = {
  readonly rows: number;
  /** L `[n, K]`; few as they are, N×K may be held. */
  score(scores: Scores): Float64Array;
  /** Sums of statistics of each of J groups: what stands in for rows that a move would give to new components. */
  sums(shares: Float64Array, groups: number): GroupSums;
};

/** Takes rows in while they are used; the terms of all scores must be of the same statistics. */
export function withSample<Result>(x: Matrix, { terms }: Scores, use: (sample: OpenSample) => Result): Result {
  const own = terms.map((term) => {
    const statistics = standStatistics(term, x);
    return float64.take({ ...statistics, stride: statistics.cols });
  });
  try {
    return use({
      rows: x.rows,
      score(scores) {
        const K = scores.components;
        const L = new Float64Array(x.rows * K);
        float64.score(own, scores, (start, count, tile) => L.set(tile.subarray(0, count * K), start * K));
        return L;
      },
      sums(shares, groups) {
        const { counts, sums } = float64.accumulate(own, { components: groups, stands: terms }, (start, count, out) =>
          out.set(shares.subarray(start * groups, (start + count) * groups)),
        );
        return { counts, sums };
      },
    });
  } finally {
    for (const rows of own) float64.release(rows);
  }
}

/** Scores and responsibilities of the rows of a sample. */
export function readSample(x: Matrix, scores: Scores): Reading {
  const K = scores.components;
  const L = withSample(x, scores, (sample) => sample.score(scores));
  const evidence = new Float64Array(x.rows);
  const responsibilities = new Float64Array(L.length);
  for (let n = 0; n < x.rows; n++) {
    const at = n * K;
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < K; k++) top = Math.max(top, L[at + k]!);
    evidence[n] = top;
    if (top === Number.NEGATIVE_INFINITY) continue;
    let sum = 0;
    for (let k = 0; k < K; k++) sum += Math.exp(L[at + k]! - top);
    evidence[n] = top + Math.log(sum);
    for (let k = 0; k < K; k++) responsibilities[at + k] = Math.exp(L[at + k]! - evidence[n]!);
  }
  return { rows: x.rows, components: K, scores: L, evidence, responsibilities };
}

/** Where the components of a mixture are now. */
export type Now = {
  readonly inner: Tree;
  readonly scores: Scores;
  readonly stats: MixtureStats;
  readonly reading: Reading;
};
