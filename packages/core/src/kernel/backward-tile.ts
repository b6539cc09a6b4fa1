import { counted, wasOrWere } from '../base/counted.ts';
import { fail } from '../base/errors.ts';
import type {
  Downstream,
  Gradients,
  LinearTerm,
  Matrix,
  Precision,
  RowBlock,
  Rows,
  Scores,
} from '../contracts/index.ts';
import type { SoftmaxTile } from './softmax-tile.ts';

/** Refuses what has no gradients, and gradients that do not fit the reading. */
export function checkBackward(
  where: string,
  rows: readonly Rows[],
  { terms, components: K }: Scores,
  values: Matrix | null,
  { reading, gradient }: Downstream,
): void {
  const t = terms.findIndex(({ form }) => form !== 'linear');
  if (t >= 0)
    fail(
      where,
      'BAD_OPTION',
      `term ${t} (counted from 0) is ${terms[t]!.form}; only linear terms have gradients, so give its natural parameters instead`,
    );
  const N = rows[0]!.rows;
  const V = values?.cols ?? 0;
  if (values !== null && values.rows !== K)
    fail(where, 'BAD_SHAPE', `${counted(values.rows, 'value')} came with ${counted(K, 'component')}`);
  const fits = ({ rows: height, cols }: Matrix): boolean => height === N && cols === V;
  if (!fits(reading.output) || reading.logEvidence.length !== N)
    fail(
      where,
      'BAD_SHAPE',
      `a reading of ${reading.output.rows} × ${reading.output.cols} came, one of ${counted(N, 'row')} and ${counted(V, 'column')} was due`,
    );
  if (gradient.output !== undefined && !fits(gradient.output))
    fail(
      where,
      'BAD_SHAPE',
      `the gradient of the output is ${gradient.output.rows} × ${gradient.output.cols}, ${N} × ${V} was due`,
    );
  if (gradient.logEvidence !== undefined && gradient.logEvidence.length !== N)
    fail(
      where,
      'BAD_SHAPE',
      `${counted(gradient.logEvidence.length, 'gradient')} of the evidence came, ${N} ${wasOrWere(N)} due`,
    );
}

/** Gradients of 0, to be added to. */
export function emptyGradients(
  rows: readonly Rows[],
  { terms, components: K }: Scores,
  values: Matrix | null,
  precision: Precision,
): Gradients {
  const V = values?.cols ?? 0;
  return {
    queries: terms.map(({ width }, t) => ({
      data: new Float64Array(rows[t]!.rows * width),
      rows: rows[t]!.rows,
      cols: width,
    })),
    natural: terms.map(({ width }) => new Float64Array(K * width)),
    bias: new Float64Array(K),
    values: { data: new Float64Array(K * V), rows: K, cols: V },
    precision,
  };
}

/**
 * Adds the gradients of a tile in float64, with `G = ∂ℒ/∂output` and `g = ∂ℒ/∂L`:
 *
 *     ∂ℒ/∂L_nk = r_nk (G_n·(v_k − o_n) + g_n)     b_k += Σₙ ∂L_nk     η_k += Σₙ ∂L_nk t_n     t_n += Σₖ ∂L_nk η_k     v_k += Σₙ r_nk G_n
 *
 * @param slopes  `∂ℒ/∂L` `[count, K]`, 0 before, filled where it is wanted
 *
 * Cost: count·K·(2 V + 2 C) multiply–adds.
 */
export function backwardTile(
  blocks: readonly RowBlock[],
  { R, start, count }: Pick<SoftmaxTile, 'R' | 'count'> & { readonly start: number },
  { terms, components: K }: Scores,
  values: Matrix | null,
  { reading, gradient }: Downstream,
  into: Gradients,
  slopes: Float64Array | null,
): void {
  const V = gradient.output === undefined ? 0 : (values?.cols ?? 0);
  for (let n = 0; n < count; n++) {
    const row = start + n;
    const own = gradient.logEvidence?.[row] ?? 0;
    for (let k = 0; k < K; k++) {
      const r = R[n * K + k]!;
      if (r === 0) continue;
      let slope = own;
      for (let v = 0; v < V; v++) {
        const g = gradient.output!.data[row * V + v]!;
        slope += g * (values!.data[k * V + v]! - reading.output.data[row * V + v]!);
        into.values.data[k * V + v]! += r * g;
      }
      const d = r * slope;
      if (slopes !== null) slopes[n * K + k] = d;
      into.bias[k]! += d;
      for (let t = 0; t < terms.length; t++) {
        const { width: C, natural } = terms[t] as LinearTerm;
        const { data, stride } = blocks[t]!;
        for (let p = 0; p < C; p++) {
          into.natural[t]![k * C + p]! += d * data[row * stride + p]!;
          into.queries[t]!.data[row * C + p]! += d * natural[k * C + p]!;
        }
      }
    }
  }
}
