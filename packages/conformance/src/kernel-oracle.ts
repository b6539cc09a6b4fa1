import type { Matrix, Scores } from '@mixtention/core';
import { reference } from '@mixtention/core/kernel';
import type { KernelCase } from './kernel-case.ts';

export type OracleOptions = {
  /** What is added to the scores `[N, K]`. */
  readonly pairBias?: Float64Array | undefined;
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
  readonly sums: Float64Array;
  /**
   * What the rounding of the sums is relative to `[K, P]`: `Σ w r |x|` under linear scores; of whitened ones `Σ w r (1 + |x_i|)(1 + |x_j|)`, since
   * outer products may be summed about a centre, as far away as rows are.
   */
  readonly sizes: Float64Array;
  readonly total: {
    readonly logEvidence: number;
    readonly logMaxResponsibility: number;
    readonly weight: number;
    readonly orphans: number;
  };
};

/** What a backend must answer, by naive loops in float64 over `reference`. */
export function oracle({ packed, scores }: KernelCase, options: OracleOptions = {}): OracleAnswer {
  const read = withPairBias(reference(packed, scores), options.pairBias);
  const ranked = Array.from({ length: packed.rows }, (_, n) => rank(rowOf(read.scores, n)));
  return {
    logEvidence: read.logEvidence,
    responsibilities: read.responsibilities,
    labels: Int32Array.from(ranked, ({ best }) => best),
    margins: Float64Array.from(ranked, ({ margin }) => margin),
    ...sumRows(packed, scores, read, ranked, options),
  };
}

type Read = { readonly scores: Matrix; readonly logEvidence: Float64Array; readonly responsibilities: Matrix };
type Rank = { readonly best: number; readonly top: number; readonly margin: number };

function sumRows(
  packed: Matrix,
  scores: Scores,
  read: Read,
  ranked: readonly Rank[],
  { weights, hard = false }: OracleOptions,
): Pick<OracleAnswer, 'counts' | 'sums' | 'sizes' | 'total'> {
  const K = scores.components;
  const P = scores.form === 'linear' ? scores.width : scores.width * (1 + scores.width);
  const [counts, sums, sizes] = [new Float64Array(K), new Float64Array(K * P), new Float64Array(K * P)];
  const total = { logEvidence: 0, logMaxResponsibility: 0, weight: 0, orphans: 0 };
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
    const row = rowOf(packed, n);
    const t = statisticsOf(row, scores);
    const sizeOf = statisticsOf(
      row.map((x) => Math.abs(x) + (scores.form === 'linear' ? 0 : 1)),
      scores,
    );
    const responsibilities = hard
      ? Array.from({ length: K }, (_, k) => Number(k === best))
      : rowOf(read.responsibilities, n);
    responsibilities.forEach((r, k) => {
      counts[k]! += w * r;
      for (let p = 0; p < P; p++) {
        sums[k * P + p]! += w * r * t[p]!;
        sizes[k * P + p]! += w * r * sizeOf[p]!;
      }
    });
  });
  return { counts, sums, sizes, total };
}

/** T(x) of a row: the row itself under linear scores, `[x; vec xxᵀ]` under whitened ones. */
function statisticsOf(row: readonly number[], scores: Scores): readonly number[] {
  return scores.form === 'linear' ? row : [...row, ...row.flatMap((a) => row.map((b) => a * b))];
}

function withPairBias(read: Read, pairBias: Float64Array | undefined): Read {
  if (pairBias === undefined) return read;
  const { rows, cols } = read.scores;
  const L = read.scores.data.map((l, i) => l + pairBias[i]!) as Float64Array;
  const R = new Float64Array(rows * cols);
  const logEvidence = new Float64Array(rows);
  for (let n = 0; n < rows; n++) {
    // Scores as the biases of a kernel without columns, so that the naive softmax is written once.
    const bias = L.subarray(n * cols, (n + 1) * cols);
    const row = reference(
      { data: new Float64Array(0), rows: 1, cols: 0 },
      { form: 'linear', components: cols, width: 0, natural: bias.subarray(0, 0), bias },
    );
    R.set(row.responsibilities.data, n * cols);
    logEvidence[n] = row.logEvidence[0]!;
  }
  return { scores: { data: L, rows, cols }, logEvidence, responsibilities: { data: R, rows, cols } };
}

function rank(scores: readonly number[]): Rank {
  const top = Math.max(...scores);
  if (top === Number.NEGATIVE_INFINITY) return { best: -1, top, margin: Number.POSITIVE_INFINITY };
  const best = scores.indexOf(top);
  const rest = scores.filter((_, k) => k !== best);
  return { best, top, margin: top - Math.max(Number.NEGATIVE_INFINITY, ...rest) };
}

function rowOf(m: Matrix, n: number): number[] {
  return Array.from(m.data.subarray(n * m.cols, (n + 1) * m.cols));
}
