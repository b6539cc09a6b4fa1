import type { Matrix, Scores } from '../contracts/index.ts';

/**
 * The slow, obvious kernel in float64: the oracle of the fast ones. It holds N×K and loops one pair at a time.
 *
 * @param x       S `[N, P]` under linear scores, x `[N, D]` under whitened ones
 * @param scores  the score function
 * @returns scores L `[N, K]`, log evidence `[N]`, responsibilities `[N, K]`
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const scores = bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)));
 * const { responsibilities } = reference(matrix([[1, 0], [0, 0]]), scores);
 * responsibilities.data; // [0.5, 0.5, 0.012, 0.988]
 */
export function reference(
  x: Matrix,
  scores: Scores,
): { scores: Matrix; logEvidence: Float64Array; responsibilities: Matrix } {
  const K = scores.components;
  const L = new Float64Array(x.rows * K);
  const R = new Float64Array(x.rows * K);
  const logEvidence = new Float64Array(x.rows);
  for (let n = 0; n < x.rows; n++) {
    const row = x.data.subarray(n * x.cols, (n + 1) * x.cols);
    for (let k = 0; k < K; k++) L[n * K + k] = scoreOf(row, scores, k);
    const own = L.subarray(n * K, (n + 1) * K);
    const top = Math.max(...own);
    const evidence =
      top === Number.NEGATIVE_INFINITY ? top : top + Math.log(own.reduce((sum, l) => sum + Math.exp(l - top), 0));
    logEvidence[n] = evidence;
    for (let k = 0; k < K; k++) R[n * K + k] = evidence === Number.NEGATIVE_INFINITY ? 0 : Math.exp(own[k]! - evidence);
  }
  return {
    scores: { data: L, rows: x.rows, cols: K },
    logEvidence,
    responsibilities: { data: R, rows: x.rows, cols: K },
  };
}

function scoreOf(row: Float64Array | Float32Array, scores: Scores, k: number): number {
  const width = scores.width;
  let score = scores.bias[k]!;
  if (scores.form === 'linear') {
    for (let p = 0; p < width; p++) score += row[p]! * scores.natural[k * width + p]!;
    return score;
  }
  for (let i = 0; i < width; i++) {
    let y = -scores.offset[k * width + i]!;
    for (let j = 0; j < width; j++) y += scores.whitening[(k * width + i) * width + j]! * row[j]!;
    score -= 0.5 * y * y;
  }
  return score;
}
