import type { Matrix } from '@mixtention/core';

/** What the values leave open once a query is seen, column by column: total = within + between. */
export type OutputVariance = {
  /** `Var[y | q]` `[N, V]` */
  readonly total: Matrix;
  /** `Σₖ r_k σ²_k` `[N, V]`: what is open within the components; 0 unless `valueVariance` was given */
  readonly within: Matrix;
  /** `Σₖ r_k (v_k − o)²` `[N, V]`: what is open between them */
  readonly between: Matrix;
};

/** What has to be read to know the variance: `[v, (v − c)², σ²]`, with c the mean of a column, since variance does not mind a shift. */
export type Moments = { readonly values: Matrix; readonly center: Float64Array };

export function momentsOf({ data, rows: K, cols: V }: Matrix, variance: Matrix | null): Moments {
  const parts = variance === null ? 2 : 3;
  const center = new Float64Array(V);
  for (let i = 0; i < data.length; i++) center[i % V]! += data[i]! / K;
  const all = new Float64Array(K * parts * V);
  for (let k = 0; k < K; k++)
    for (let c = 0; c < V; c++) {
      const v = data[k * V + c]!;
      const at = k * parts * V + c;
      all[at] = v;
      all[at + V] = (v - center[c]!) ** 2;
      if (variance !== null) all[at + 2 * V] = variance.data[k * V + c]!;
    }
  return { values: { data: all, rows: K, cols: parts * V }, center };
}

/**
 * Output and its variance from the means of the moments.
 *
 *     between = E[(v − c)²] − (o − c)², no less than 0
 *
 * @param orphans  whether a row sees nothing: its variance is 0
 */
export function splitMoments(
  means: Matrix,
  center: Float64Array,
  orphans: (n: number) => boolean,
): { readonly output: Matrix; readonly variance: OutputVariance } {
  const V = center.length;
  const N = means.rows;
  const make = (): Matrix & { readonly data: Float64Array } => ({ data: new Float64Array(N * V), rows: N, cols: V });
  const [output, total, within, between] = [make(), make(), make(), make()];
  for (let n = 0; n < N; n++) {
    if (orphans(n)) continue;
    for (let c = 0; c < V; c++) {
      const at = n * means.cols + c;
      const i = n * V + c;
      const o = means.data[at]!;
      output.data[i] = o;
      between.data[i] = Math.max(0, means.data[at + V]! - (o - center[c]!) ** 2);
      within.data[i] = means.cols > 2 * V ? Math.max(0, means.data[at + 2 * V]!) : 0;
      total.data[i] = within.data[i]! + between.data[i]!;
    }
  }
  return { output, variance: { total, within, between } };
}
