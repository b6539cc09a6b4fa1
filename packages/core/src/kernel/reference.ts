import type { Matrix, PositionBias, Scores, Statistics, Term } from '../contracts/index.ts';
import { factorRows } from './check.ts';

/**
 * The slow, obvious kernel in float64: the oracle of the fast ones. It holds N×K and loops one pair at a time.
 *
 * @param rows    T(x) `[N, C]`, one matrix a term
 * @param scores  the score function
 * @returns scores L `[N, K]`, log evidence `[N]`, responsibilities `[N, K]`
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const scores = bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)));
 * const { responsibilities } = reference([matrix([[1, 0], [0, 0]])], scores);
 * responsibilities.data; // [0.5, 0.5, 0.012, 0.988]
 */
export function reference(
  rows: readonly Matrix[],
  scores: Scores,
): { scores: Matrix; logEvidence: Float64Array; responsibilities: Matrix } {
  const K = scores.components;
  const N = rows[0]!.rows;
  const L = new Float64Array(N * K);
  for (let n = 0; n < N; n++) {
    const own = rows.map((statistics) => rowOf(statistics, n));
    for (let k = 0; k < K; k++)
      L[n * K + k] = scores.terms.reduce((sum, term, t) => sum + scoreOf(own[t]!, term, k, K), scores.bias[k]!);
  }
  return { scores: { data: L, rows: N, cols: K }, ...normalizeRows({ data: L, rows: N, cols: K }) };
}

/**
 * Softmax of each row and its log-sum-exp, by the definition; a row of −∞ is owned by nobody.
 *
 * @example
 * normalizeRows(matrix([[0, 0]])).responsibilities.data; // [0.5, 0.5]
 */
export function normalizeRows({ data: L, rows: N, cols: K }: Matrix): {
  logEvidence: Float64Array;
  responsibilities: Matrix;
} {
  const R = new Float64Array(N * K);
  const logEvidence = new Float64Array(N);
  for (let n = 0; n < N; n++) {
    const own = L.subarray(n * K, (n + 1) * K);
    let top = Number.NEGATIVE_INFINITY;
    for (const l of own) top = Math.max(top, l);
    const evidence =
      top === Number.NEGATIVE_INFINITY ? top : top + Math.log(compensatedSum(own.map((l) => Math.exp(l - top))));
    logEvidence[n] = evidence;
    for (let k = 0; k < K; k++) R[n * K + k] = evidence === Number.NEGATIVE_INFINITY ? 0 : Math.exp(own[k]! - evidence);
  }
  return { logEvidence, responsibilities: { data: R, rows: N, cols: K } };
}

/**
 * What positions add to the scores `[N, K]`, pair by pair: −∞ where a key is hidden, else −alibi·distance.
 *
 * @example
 * referencePositions({ queries: [0, 1], keys: [0, 1], causal: true, alibi: 0.5 }).data; // [0, -Infinity, -0.5, 0]
 */
export function referencePositions({ queries, keys, causal, window, alibi = 0 }: PositionBias): Matrix {
  const pair = (p: number, q: number): number => {
    const distance = Math.abs(q - p);
    const isHidden = (causal && q > p) || (window !== undefined && distance > window);
    return isHidden ? Number.NEGATIVE_INFINITY : -alibi * distance;
  };
  const data = Float64Array.from(Array.from(queries).flatMap((p) => Array.from(keys, (q) => pair(p, q))));
  return { data, rows: queries.length, cols: keys.length };
}

/**
 * A sum whose rounding does not grow with its length (Neumaier 1974).
 *
 * @example
 * compensatedSum([1e16, 1, -1e16]); // 1
 */
export function compensatedSum(values: Iterable<number>): number {
  let [sum, lost] = [0, 0];
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/**
 * Counts and sums of rows under given responsibilities, by the definition.
 *
 * @param rows     T(x) `[N, C]`, one matrix a term
 * @param squares  what the sums of each term hold, see `Statistics`
 * @param R        `[N, K]`, row weights included
 * @returns counts `[K]`, and of each term the sums, laid out as `Statistics` says
 *
 * @example
 * referenceSums([matrix([[1], [3]])], ['none'], matrix([[1], [0.5]])); // { counts: [1.5], sums: [[2.5]] }
 */
export function referenceSums(
  rows: readonly Matrix[],
  squares: readonly Statistics['squares'][],
  { data: R, cols: K }: Matrix,
): { counts: Float64Array; sums: Float64Array[] } {
  const counts = new Float64Array(K);
  for (let i = 0; i < R.length; i++) counts[i % K]! += R[i]!;
  const sums = rows.map((own, t) => {
    const first = Array.from({ length: K }, (_, k) => weightedSum(own, (n) => R[n * K + k]!));
    if (squares[t] === 'none') return Float64Array.from(first.flat());
    const products = lowerProducts(own);
    const second = Array.from({ length: K }, (_, k) => weightedSum(products, (n) => R[n * K + k]!));
    if (squares[t] === 'each') return Float64Array.from(first.flatMap((s, k) => [...s, ...second[k]!]));
    return Float64Array.from([...first.flat(), ...second[0]!.map((_, i) => second.reduce((sum, s) => sum + s[i]!, 0))]);
  });
  return { counts, sums };
}

/** `Σₙ w_n t_n`; rows of weight 0 may hold anything. */
function weightedSum({ data, rows, cols }: Matrix, weight: (n: number) => number): number[] {
  const sum = new Array<number>(cols).fill(0);
  for (let n = 0; n < rows; n++) {
    const w = weight(n);
    if (w !== 0) for (let p = 0; p < cols; p++) sum[p]! += w * data[n * cols + p]!;
  }
  return sum;
}

/** Lower triangles of t tᵀ, row by row. */
function lowerProducts({ data, rows, cols }: Matrix): Matrix {
  const width = (cols * (cols + 1)) / 2;
  const products = new Float64Array(rows * width);
  let at = 0;
  for (let n = 0; n < rows; n++)
    for (let i = 0; i < cols; i++)
      for (let j = 0; j <= i; j++) products[at++] = data[n * cols + i]! * data[n * cols + j]!;
  return { data: products, rows, cols: width };
}

function rowOf({ data, cols }: Matrix, n: number): Float64Array | Float32Array {
  return data.subarray(n * cols, (n + 1) * cols);
}

function scoreOf(t: Float64Array | Float32Array, term: Term, k: number, K: number): number {
  const { width: C } = term;
  if (term.form === 'linear') {
    let sum = 0;
    for (let p = 0; p < C; p++) sum += t[p]! * term.natural[k * C + p]!;
    return sum;
  }
  const R = factorRows(term, K);
  const own = term.factor.length === R * C ? 0 : k;
  const squareOf = (i: number): number => {
    let y = -term.offset[k * R + i]!;
    for (let p = 0; p < C; p++) y += term.factor[(own * R + i) * C + p]! * t[p]!;
    return y * y;
  };
  const sumOf = (each: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < R; i++) sum += each(i);
    return sum;
  };
  if (term.form === 'whitened') return -0.5 * sumOf(squareOf);
  const { scale, degrees } = term;
  if (degrees.length === K) return logStudent(scale[k]! * sumOf(squareOf), degrees[k]!, R);
  return sumOf((i) => logStudent(scale[k * R + i]! * squareOf(i), degrees[k * R + i]!, 1));
}

function logStudent(square: number, degrees: number, rows: number): number {
  if (degrees === Number.POSITIVE_INFINITY) return -square / 2;
  return (-(degrees + rows) / 2) * Math.log1p(square / degrees);
}
