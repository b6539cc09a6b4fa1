import type { Matrix, PositionBias } from '@mixtention/core';
import { normalizeRows, reference, referencePositions, referenceSums } from '@mixtention/core/kernel';
import type { KernelCase } from './kernel-case.ts';

export type OracleOptions = {
  /** What is added to the scores `[N, K]`. */
  readonly pairBias?: Float64Array | undefined;
  readonly positions?: PositionBias | undefined;
  /** w `[N]` */
  readonly weights?: Float64Array | undefined;
  readonly hard?: boolean;
};

export type OracleAnswer = {
  readonly logEvidence: Float64Array;
  readonly responsibilities: Matrix;
  readonly labels: Int32Array;
  /** Best score less the second best `[N]`: how clear the label of a row is. */
  readonly margins: Float64Array;
  readonly counts: Float64Array;
  /** One array a term */
  readonly sums: readonly Float64Array[];
  /**
   * What the rounding of the sums is relative to: `Σ w r |x|` where they hold no products, else `Σ w r (1 + |x_i|)(1 + |x_j|)`, since
   * outer products may be summed about a centre, as far away as rows are.
   */
  readonly sizes: readonly Float64Array[];
  readonly total: {
    readonly logEvidence: number;
    readonly logMaxResponsibility: number;
    readonly entropy: number;
    readonly weight: number;
    readonly orphans: number;
  };
};

/** What a backend must answer, by naive loops in float64 over `reference`. */
export function oracle(sample: KernelCase, options: OracleOptions = {}): OracleAnswer {
  const positions = options.positions && referencePositions(options.positions).data;
  const read = [options.pairBias, positions].reduce<Read>(withPairBias, reference(sample.packed, sample.scores));
  const ranked = Array.from({ length: read.scores.rows }, (_, n) => rank(rowOf(read.scores, n)));
  return {
    logEvidence: read.logEvidence,
    responsibilities: read.responsibilities,
    labels: Int32Array.from(ranked, ({ best }) => best),
    margins: Float64Array.from(ranked, ({ margin }) => margin),
    ...sumRows(sample, read, ranked, options),
  };
}

type Read = { readonly scores: Matrix; readonly logEvidence: Float64Array; readonly responsibilities: Matrix };
type Rank = { readonly best: number; readonly top: number; readonly margin: number };

function sumRows(
  { packed, scores }: KernelCase,
  read: Read,
  ranked: readonly Rank[],
  { weights, hard = false }: OracleOptions,
): Pick<OracleAnswer, 'counts' | 'sums' | 'sizes' | 'total'> {
  const K = scores.components;
  const total = { logEvidence: 0, logMaxResponsibility: 0, entropy: 0, weight: 0, orphans: 0 };
  const R = new Float64Array(ranked.length * K);
  ranked.forEach(({ best, top }, n) => {
    const w = weights?.[n] ?? 1;
    if (w === 0) return;
    if (best < 0) {
      total.orphans++;
      return;
    }
    total.weight += w;
    total.logMaxResponsibility += w * (top - read.logEvidence[n]!);
    total.logEvidence += w * (hard ? top : read.logEvidence[n]!);
    rowOf(read.responsibilities, n).forEach((r, k) => {
      if (!hard && r > 0) total.entropy -= w * r * Math.log(r);
      R[n * K + k] = w * (hard ? Number(k === best) : r);
    });
  });
  const squares = scores.terms.map(({ statistics }) => statistics.squares);
  const all = { data: R, rows: ranked.length, cols: K };
  const sized = packed.map((own, t) => ({
    ...own,
    data: own.data.map((x) => Math.abs(x) + (squares[t] === 'none' ? 0 : 1)),
  }));
  const { counts, sums } = referenceSums(packed, squares, all);
  return { counts, sums, sizes: referenceSums(sized, squares, all).sums, total };
}

function withPairBias(read: Read, pairBias: Matrix['data'] | undefined): Read {
  if (pairBias === undefined) return read;
  const scores = { ...read.scores, data: read.scores.data.map((l, i) => l + pairBias[i]!) };
  return { scores, ...normalizeRows(scores) };
}

function rank(scores: Matrix['data']): Rank {
  let [best, top, second] = [-1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  scores.forEach((score, k) => {
    if (score > top) [best, top, second] = [k, score, top];
    else second = Math.max(second, score);
  });
  return { best, top, margin: best < 0 ? Number.POSITIVE_INFINITY : top - second };
}

function rowOf(m: Matrix, n: number): Matrix['data'] {
  return m.data.subarray(n * m.cols, (n + 1) * m.cols);
}
