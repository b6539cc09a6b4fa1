import {
  type Backend,
  checkOptions,
  fail,
  type LinearScores,
  type Matrix,
  type MatrixLike,
  matrix,
  plain,
  type Reading,
} from '@mixtention/core';
import { type AttentionBias, type AttentionMask, logPrior } from './log-prior.ts';

export type AttendOptions = {
  /** Log prior of the keys, added to the scores. */
  readonly bias?: AttentionBias | undefined;
  /** Which keys a query may see. */
  readonly mask?: AttentionMask | undefined;
  /** Multiplies q·k (not the bias); default 1/√d. Give 1 when keys are natural parameters of a mixture. */
  readonly scale?: number | undefined;
  /** Where the kernel runs; default: float64 in plain typed arrays. */
  readonly backend?: Backend | undefined;
  /** Also return the responsibilities (attention weights) `[N, K]`. */
  readonly responsibilities?: boolean | undefined;
  /** Also return the best key of each query. */
  readonly labels?: boolean | undefined;
};

const OPTIONS = ['bias', 'mask', 'scale', 'backend', 'responsibilities', 'labels'];

/**
 * Attention with its evidence: softmax attention read as Bayes' theorem, where keys are components and queries are data.
 *
 *     s_nk = scale · q_n·k_k + b_nk     L_n = log Σₖ exp s_nk     r_nk = exp(s_nk − L_n)     output_n = Σₖ r_nk v_k
 *
 * A query that may see no key (all scores −∞) gets output 0, responsibilities 0 and evidence −∞. Note that L counts the prior as it is
 * given: a causal mask leaves weight 1 on each of the i + 1 visible keys, so subtract log(i + 1) before comparing positions.
 * What is too large for a float32 backend is computed on the plain one. A float32 backend takes scores below −1e29 for −∞.
 *
 * @param q  queries `[N, d]`, finite
 * @param k  keys `[K, d]`, finite
 * @param v  values `[K, V]`, finite; null when only the evidence or the responsibilities are wanted
 * @returns output `[N, V]`, logEvidence L `[N]` (nats), and on demand responsibilities `[N, K]` and labels `[N]` (−1: no key seen)
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION, each in one sentence
 *
 * Cost: N·K·(d + V) multiply–adds and N·K exponentials, in tiles: N×K is held only for responsibilities, or when given as bias or mask.
 * Source: Vaswani et al. (2017), eq. 1; the evidence is the log-sum-exp that fused attention kernels keep for their backward pass.
 *
 * @example
 * const { output, logEvidence } = attend([[1, 0]], [[4, 0], [0, 4]], [[10], [20]], { scale: 1 });
 * // output.data[0] ≈ 10.18, logEvidence[0] ≈ 4.018
 */
export function attend(q: MatrixLike, k: MatrixLike, v: MatrixLike | null, options: AttendOptions = {}): Reading {
  const where = 'attention/attend';
  checkOptions(where, options, OPTIONS);
  const { backend = plain, responsibilities = false, labels = false } = options;
  const queries = matrix(q, where);
  const keys = matrix(k, where);
  const values = v === null ? null : matrix(v, where);
  checkShapes(where, queries, keys, values);
  const { bias, pairBias } = logPrior(options.bias, options.mask, { where, queries: queries.rows, keys: keys.rows });
  const scores = linearScores(keys, bias, checkScale(where, options.scale, keys.cols));
  const on = fits(queries, scores, values, backend) ? backend : plain;
  const rows = on.take({ ...queries, stride: queries.cols });
  try {
    const reading = on.read(rows, scores, values, { responsibilities, labels, ...(pairBias && { pairBias }) });
    checkEvidence(where, reading.logEvidence);
    return reading;
  } finally {
    on.release(rows);
  }
}

/** What float32 backends take for −∞ is −1e29, and nothing beyond 3e38 is a number there. */
const MOST_SCORE = 1e28;
const MOST_VALUE = 1e37;

/** Whether a backend can hold the numbers, judged by bounds on the scores; larger ones go to `plain`. */
function fits(
  queries: Matrix,
  { natural, bias, width }: LinearScores,
  values: Matrix | null,
  { precision }: Backend,
): boolean {
  if (precision === 'float64') return true;
  // A bias far below 0 is a mask, whatever its size.
  const [q, k, b] = [largest(queries.data), largest(natural), largest(bias.filter((b) => b > -MOST_SCORE))];
  const v = values === null ? 0 : largest(values.data);
  return width * q * k + b < MOST_SCORE && Math.max(q, k, v) < MOST_VALUE;
}

/** The largest size of finite numbers. */
function largest(numbers: Float64Array | Float32Array): number {
  let most = 0;
  for (let i = 0; i < numbers.length; i++) {
    const size = Math.abs(numbers[i]!);
    if (size > most && size < Number.POSITIVE_INFINITY) most = size;
  }
  return most;
}

function checkEvidence(where: string, logEvidence: Float64Array): void {
  const n = logEvidence.findIndex((l) => !(l < Number.POSITIVE_INFINITY));
  if (n >= 0)
    fail(
      where,
      'NOT_FINITE',
      `the scores of query ${n} (counted from 0) are too large to be numbers; give smaller queries, keys or biases`,
    );
}

function checkShapes(where: string, queries: Matrix, keys: Matrix, values: Matrix | null): void {
  if (queries.cols !== keys.cols) {
    fail(
      where,
      'BAD_SHAPE',
      `the queries have ${queries.cols} columns, the keys have ${keys.cols}; both need the same width`,
    );
  }
  if (values !== null && values.rows !== keys.rows) {
    fail(where, 'BAD_SHAPE', `${values.rows} values came with ${keys.rows} keys; each key needs one`);
  }
}

function checkScale(where: string, scale: number | undefined, width: number): number {
  const value = scale ?? 1 / Math.sqrt(width);
  if (!Number.isFinite(value)) fail(where, 'BAD_OPTION', `scale is ${value}, a finite number was due`);
  return value;
}

/** The scale goes into the keys: K·d products instead of N·K. */
function linearScores(keys: Matrix, bias: Float64Array, scale: number): LinearScores {
  const natural = Float64Array.from(keys.data, (x) => scale * x);
  return { form: 'linear', components: keys.rows, width: keys.cols, natural, bias };
}
