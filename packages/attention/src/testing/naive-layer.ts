import type { Matrix } from '@mixtention/core';

export type NaiveWeights = {
  query: Matrix;
  key: Matrix;
  value: Matrix;
  output: Matrix;
  biases?: Record<'query' | 'key' | 'value' | 'output', number[]>;
};

/**
 * A multi-head attention layer written out index by index in float64, without any part of the package: the oracle of the layers.
 *
 * @param visible  whether query n may see key j
 */
export function naiveLayer(
  q: Matrix,
  k: Matrix,
  v: Matrix,
  w: NaiveWeights,
  heads: number,
  visible: (n: number, j: number) => boolean,
): Float64Array {
  const d = w.query.cols / heads;
  const V = w.value.cols / heads;
  const entry = (x: Matrix, n: number, name: 'query' | 'key' | 'value', column: number): number => {
    const W = w[name];
    let sum = w.biases?.[name][column] ?? 0;
    for (let i = 0; i < x.cols; i++) sum += x.data[n * x.cols + i]! * W.data[i * W.cols + column]!;
    return sum;
  };
  const E = w.output.cols;
  const out = new Float64Array(q.rows * E);
  for (let n = 0; n < q.rows; n++) {
    for (let e = 0; e < E; e++) out[n * E + e] = w.biases?.output[e] ?? 0;
    for (let h = 0; h < heads; h++) {
      const logits = Array.from({ length: k.rows }, (_, j) => {
        if (!visible(n, j)) return Number.NEGATIVE_INFINITY;
        let dot = 0;
        for (let i = 0; i < d; i++) dot += entry(q, n, 'query', h * d + i) * entry(k, j, 'key', h * d + i);
        return dot / Math.sqrt(d);
      });
      const top = Math.max(...logits);
      const exps = logits.map((l) => Math.exp(l - top));
      const total = exps.reduce((a, b) => a + b, 0);
      for (let c = 0; c < V; c++) {
        let mean = 0;
        for (let j = 0; j < k.rows; j++) mean += (exps[j]! / total) * entry(v, j, 'value', h * V + c);
        for (let e = 0; e < E; e++) out[n * E + e]! += mean * w.output.data[(h * V + c) * E + e]!;
      }
    }
  }
  return out;
}
