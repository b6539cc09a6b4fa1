import type { Backend, Reading, Scores } from '@mixtention/core';
import { identity } from '@mixtention/core/kernel';
import { sureBackward } from '../attend/sure-backward.ts';
import { sureRead } from '../attend/sure-read.ts';
import { emptyRows, type Float64Rows } from '../rows.ts';
import { cut, paste } from './blocks.ts';
import { causalPositions, cutSequences, type Sequences } from './heads-of-sequences.ts';

/** Precisions and log weights of the Gaussians that a key is made of, `[H, M]` each. */
export type KeyGaussians = {
  readonly gaussians: number;
  /** Whether ‖mean‖² counts: the density of Gaussians; else the prior makes up for it, and scores are those of dot products. */
  readonly distances: boolean;
  readonly logPrecision: Float64Array;
  readonly logWeight: Float64Array;
};

type Block = {
  readonly queries: Float64Rows;
  readonly means: Float64Rows;
  readonly scores: Scores;
  readonly values: Float64Rows;
  readonly reading: Reading;
};

type AppliedGaussians = {
  readonly output: Float64Rows;
  pullback(upstream: Float64Rows): {
    readonly queries: Float64Rows;
    readonly means: Float64Rows;
    readonly values: Float64Rows;
    readonly logPrecision: Float64Array;
    readonly logWeight: Float64Array;
  };
};

/**
 * Attention of every head in every sequence over keys that are mixtures of M Gaussians, one kernel over K·M components.
 *
 *     s_jm = β_m (q·μ_jm − ½‖q‖² − ½‖μ_jm‖²) + (d/2) log β_m + log w_m          linear in [q ; ‖q‖²]
 *
 * @param q  `[S·N, H·d]`
 * @param k  means `[S·K, H·M·d]`: of a token, head by head, Gaussian by Gaussian
 * @param v  `[S·K, H·d]`
 */
export function attendGaussians(
  q: Float64Rows,
  k: Float64Rows,
  v: Float64Rows,
  own: KeyGaussians,
  cuts: Sequences,
  backend: Backend,
): AppliedGaussians {
  const { heads, causal } = cuts;
  const M = own.gaussians;
  const { sequences, N, K } = cutSequences(q.rows, k.rows, cuts);
  const d = q.cols / heads;
  const options = causal ? { positions: causalPositions(N, K, M) } : {};
  const output = emptyRows(q.rows, q.cols);
  const blocks: Block[] = [];
  for (let s = 0; s < sequences; s++)
    for (let h = 0; h < heads; h++) {
      const queries = withSquares(cut(q, s * N, N, h * d, d));
      const means = { data: cut(k, s * K, K, h * M * d, M * d).data, rows: K * M, cols: d };
      const scores = scoresOf(means, own, h);
      const values = repeated(cut(v, s * K, K, h * d, d), M);
      const reading = sureRead(backend, queries, scores, values, options);
      paste(reading.output.data, output, s * N, N, h * d, d, 1);
      blocks.push({ queries, means, scores, values, reading });
    }
  return {
    output,
    pullback(upstream) {
      const [ofQ, ofK, ofV] = [emptyRows(q.rows, q.cols), emptyRows(k.rows, k.cols), emptyRows(v.rows, v.cols)];
      const [logPrecision, logWeight] = [new Float64Array(heads * M), new Float64Array(heads * M)];
      blocks.forEach(({ queries, means, scores, values, reading }, i) => {
        const [s, h] = [Math.floor(i / heads), i % heads];
        const gradient = { output: cut(upstream, s * N, N, h * d, d) };
        const back = sureBackward(backend, queries, scores, values, { reading, gradient }, options);
        const ofSquares = back.queries[0]!.data;
        const ofQueries = Float64Array.from({ length: N * d }, (_, at) => {
          const [n, c] = [Math.floor(at / d), at % d];
          return ofSquares[n * (d + 1) + c]! + 2 * queries.data[n * (d + 1) + c]! * ofSquares[n * (d + 1) + d]!;
        });
        paste(ofQueries, ofQ, s * N, N, h * d, d, 1);
        const told = { natural: back.natural[0]!, bias: back.bias };
        const into = { logPrecision: logPrecision.subarray(h * M), logWeight: logWeight.subarray(h * M) };
        paste(throughScores(means, own, h, told, into), ofK, s * K, K, h * M * d, M * d, 1);
        paste(summed(back.values.data, K, M, d), ofV, s * K, K, h * d, d, 1);
      });
      return { queries: ofQ, means: ofK, values: ofV, logPrecision, logWeight };
    },
  };
}

/** `[q ; ‖q‖²]` */
function withSquares({ data, rows, cols: d }: Float64Rows): Float64Rows {
  const wide = emptyRows(rows, d + 1);
  for (let n = 0; n < rows; n++) {
    let square = 0;
    for (let c = 0; c < d; c++) {
      const x = data[n * d + c]!;
      wide.data[n * (d + 1) + c] = x;
      square += x * x;
    }
    wide.data[n * (d + 1) + d] = square;
  }
  return wide;
}

function scoresOf({ data, rows, cols: d }: Float64Rows, own: KeyGaussians, head: number): Scores {
  const M = own.gaussians;
  const natural = new Float64Array(rows * (d + 1));
  const bias = new Float64Array(rows);
  for (let jm = 0; jm < rows; jm++) {
    const at = head * M + (jm % M);
    const beta = Math.exp(own.logPrecision[at]!);
    let square = 0;
    for (let c = 0; c < d; c++) {
      const mean = data[jm * d + c]!;
      natural[jm * (d + 1) + c] = beta * mean;
      square += mean * mean;
    }
    natural[jm * (d + 1) + d] = -beta / 2;
    bias[jm] = own.logWeight[at]! + (d / 2) * own.logPrecision[at]! - (own.distances ? (beta * square) / 2 : 0);
  }
  return {
    components: rows,
    bias,
    terms: [{ form: 'linear', statistics: identity.none, columns: null, width: d + 1, natural }],
  };
}

type Told = { readonly natural: ArrayLike<number>; readonly bias: ArrayLike<number> };

/** Gradients by scores become those by means, which are returned, and by precisions and weights, which are added. */
function throughScores(
  { data, rows, cols: d }: Float64Rows,
  own: KeyGaussians,
  head: number,
  { natural, bias }: Told,
  into: { readonly logPrecision: Float64Array; readonly logWeight: Float64Array },
): Float64Array {
  const M = own.gaussians;
  const ofMeans = new Float64Array(rows * d);
  for (let jm = 0; jm < rows; jm++) {
    const m = jm % M;
    const beta = Math.exp(own.logPrecision[head * M + m]!);
    const ofBias = bias[jm]!;
    let ofBeta = -natural[jm * (d + 1) + d]! / 2;
    for (let c = 0; c < d; c++) {
      const mean = data[jm * d + c]!;
      const g = natural[jm * (d + 1) + c]!;
      ofMeans[jm * d + c] = beta * (own.distances ? g - mean * ofBias : g);
      ofBeta += own.distances ? mean * (g - (mean * ofBias) / 2) : mean * g;
    }
    into.logPrecision[m]! += beta * ofBeta + (d / 2) * ofBias;
    into.logWeight[m]! += ofBias;
  }
  return ofMeans;
}

/** Each row M times. */
function repeated({ data, rows, cols }: Float64Rows, M: number): Float64Rows {
  const all = emptyRows(rows * M, cols);
  for (let jm = 0; jm < rows * M; jm++) {
    const j = Math.floor(jm / M);
    all.data.set(data.subarray(j * cols, (j + 1) * cols), jm * cols);
  }
  return all;
}

/** The way back of it. */
function summed(data: ArrayLike<number>, rows: number, M: number, cols: number): Float64Array {
  const sums = new Float64Array(rows * cols);
  for (let i = 0; i < rows * M * cols; i++) sums[Math.floor(i / (M * cols)) * cols + (i % cols)]! += data[i]!;
  return sums;
}
