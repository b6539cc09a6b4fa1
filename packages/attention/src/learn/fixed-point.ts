import { type MatrixLike, matrix } from '@mixtention/core';
import { checkOptions, fail, show } from '@mixtention/core/base';
import { attend } from '../attend/attend.ts';
import { attendGradient } from '../attend/attend-gradient.ts';
import type { AttendOptions, AttentionGradient } from '../attend/types.ts';
import { addRows, emptyRows, type Float64Rows } from '../rows.ts';

export type FixedPointOptions = Pick<AttendOptions, 'bias' | 'scale' | 'logitScale' | 'backend'> & {
  /** α in (0, 1]: how much of the way is gone (default 1, which is EM) */
  readonly step?: number | undefined;
  /** Iterations at most (default 100) */
  readonly maxIterations?: number | undefined;
  /** No number moves by more in the last iteration of a fixed point (default 1e-10) */
  readonly tolerance?: number | undefined;
};

export type FixedPoint = {
  /** Where queries came to `[N, d]` */
  readonly output: Float64Rows;
  /** L of the last state but one `[N]`: under weights that count ‖key‖²/2, `scale⁻¹·L − ½‖q‖²` never falls */
  readonly logEvidence: Float64Array;
  readonly iterations: number;
  /** Whether the last iteration moved no number by more than the tolerance */
  readonly converged: boolean;
  /** `∂ℒ/∂output` → by queries, patterns and bias, through all iterations that were made */
  pullback(upstream: Float64Rows): Pick<AttentionGradient, 'queries' | 'keys' | 'bias'>;
};

const OPTIONS = ['bias', 'scale', 'logitScale', 'backend', 'step', 'maxIterations', 'tolerance'];

/**
 * Attention iterated to its fixed point, keys being the values: EM for the mean of a query in a mixture of Gaussians about the patterns, which is mean shift, and
 * the retrieval of a modern Hopfield network.
 *
 *     q ← q + α (Σ_k r_k(q) key_k − q)
 *
 * With α = 1, scale 1/σ² and bias log π_k − ‖key_k‖²/2σ² each iteration raises `log Σ_k π_k N(q; key_k, σ²I)`.
 *
 * @param q         queries `[N, d]`
 * @param patterns  keys and values `[K, d]`
 * @throws BAD_OPTION, BAD_SHAPE, NOT_FINITE, each in one sentence
 *
 * Cost: that of `attend` an iteration, and of `attendGradient` an iteration back; N·d numbers of each are kept.
 * Source: Ramsauer et al. (2020), eq. 3; Carreira-Perpiñán (2007) for mean shift as EM.
 *
 * @example
 * const { output, converged } = fixedPoint([[0.9, 0.2]], [[1, 0], [0, 1]], { scale: 20 });
 * output.data; // [1.00, 0.00]
 * converged; // true
 */
export function fixedPoint(q: MatrixLike, patterns: MatrixLike, options: FixedPointOptions = {}): FixedPoint {
  const where = 'attention/fixedPoint';
  checkOptions(where, options, OPTIONS);
  const { step = 1, maxIterations = 100, tolerance = 1e-10, ...own } = options;
  if (!(typeof step === 'number' && step > 0 && step <= 1))
    fail(where, 'BAD_OPTION', `step is ${show(step)}, a number in (0, 1] was due`);
  if (!(Number.isSafeInteger(maxIterations) && maxIterations > 0))
    fail(where, 'BAD_OPTION', `maxIterations is ${show(maxIterations)}, a count above 0 was due`);
  const keys = matrix(patterns, where);
  const first = matrix(q, where);
  let state: Float64Rows = { data: Float64Array.from(first.data), rows: first.rows, cols: first.cols };
  const path: { readonly state: Float64Rows; readonly reading: ReturnType<typeof attend> }[] = [];
  let converged = false;
  while (!converged && path.length < maxIterations) {
    const reading = attend(state, keys, keys, own);
    path.push({ state, reading });
    const { data } = reading.output;
    const before = state.data;
    state = { ...state, data: before.map((x, i) => x + step * (data[i]! - x)) };
    converged = state.data.every((x, i) => Math.abs(x - before[i]!) <= tolerance);
  }
  return {
    output: state,
    logEvidence: path.at(-1)!.reading.logEvidence,
    iterations: path.length,
    converged,
    pullback(upstream) {
      let back = upstream;
      let ofKeys = emptyRows(keys.rows, keys.cols);
      const bias = new Float64Array(keys.rows);
      for (const { state: before, reading } of [...path].reverse()) {
        const output = { ...back, data: back.data.map((g) => step * g) };
        const told = attendGradient(before, keys, keys, { reading, gradient: { output } }, own);
        ofKeys = addRows(ofKeys, addRows(told.keys, told.values));
        told.bias.forEach((g, k) => {
          bias[k]! += g;
        });
        back = { ...back, data: back.data.map((g, i) => (1 - step) * g + told.queries.data[i]!) };
      }
      return { queries: back, keys: ofKeys, bias };
    },
  };
}
