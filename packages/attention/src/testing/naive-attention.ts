import type { Matrix } from '@mixtention/core';

export type NaiveAttention = { output: Float64Array; logEvidence: Float64Array; responsibilities: Float64Array };

/**
 * Attention by the textbook, one pair at a time in float64: the oracle.
 *
 * @param prior  what is added to the score of a pair; −∞ hides the key
 */
export function naiveAttention(
  q: Matrix,
  k: Matrix,
  v: Matrix,
  scale: number,
  prior: (n: number, k: number) => number,
): NaiveAttention {
  const output = new Float64Array(q.rows * v.cols);
  const logEvidence = new Float64Array(q.rows);
  const responsibilities = new Float64Array(q.rows * k.rows);
  for (let n = 0; n < q.rows; n++) {
    const scores = Array.from({ length: k.rows }, (_, j) => {
      let dot = 0;
      for (let d = 0; d < q.cols; d++) dot += q.data[n * q.cols + d]! * k.data[j * k.cols + d]!;
      return scale * dot + prior(n, j);
    });
    const top = Math.max(...scores);
    const total = scores.reduce((sum, s) => sum + (s === Number.NEGATIVE_INFINITY ? 0 : Math.exp(s - top)), 0);
    logEvidence[n] = total === 0 ? Number.NEGATIVE_INFINITY : top + Math.log(total);
    for (let j = 0; j < k.rows; j++) {
      const r = total === 0 || scores[j] === Number.NEGATIVE_INFINITY ? 0 : Math.exp(scores[j]! - top) / total;
      responsibilities[n * k.rows + j] = r;
      for (let c = 0; c < v.cols; c++) output[n * v.cols + c]! += r * v.data[j * v.cols + c]!;
    }
  }
  return { output, logEvidence, responsibilities };
}
