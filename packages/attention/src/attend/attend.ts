import { type Backend, type Matrix, type MatrixLike, matrix, plain, type Reading, type Scores } from '@mixtention/core';
import { checkOptions, fail, show } from '@mixtention/core/base';
import { identity } from '@mixtention/core/kernel';
import { checkLogitScale } from '../logit-scale.ts';
import type { AttentionPositions } from './attention-positions.ts';
import { type AttentionBias, type AttentionMask, logPrior, scalePrior } from './log-prior.ts';
import { sureRead } from './sure-read.ts';

export type AttendOptions = {
  /** Log prior of the keys, added to the scores. */
  readonly bias?: AttentionBias | undefined;
  /** Which keys a query may see: booleans, or 0 and 1 in integers. An additive mask of 0 and −∞ is a `bias`. */
  readonly mask?: AttentionMask | undefined;
  /** Causal masks, windows and ALiBi, from the places of queries and keys in a sequence (or in time). */
  readonly positions?: AttentionPositions | undefined;
  /** Multiplies q·k (not the bias); default 1/√d. Give 1 when keys are natural parameters of a mixture. */
  readonly scale?: number | undefined;
  /** T, which multiplies all scores, the bias included; default 1, which is Bayes. An inverse temperature: below 1 weights are flatter. */
  readonly logitScale?: number | undefined;
  /** Where the kernel runs; default: float64 in plain typed arrays. */
  readonly backend?: Backend | undefined;
  /** Also return the responsibilities (attention weights) `[N, K]`. */
  readonly responsibilities?: boolean | undefined;
  /** Also return the best key of each query. */
  readonly labels?: boolean | undefined;
};

const OPTIONS = ['bias', 'mask', 'positions', 'scale', 'logitScale', 'backend', 'responsibilities', 'labels'];

/**
 * Attention with its evidence: softmax attention read as Bayes' theorem, where keys are components and queries are data.
 *
 *     s_nk = logitScale · (scale · q_n·k_k + b_nk)     L_n = log Σₖ exp s_nk     r_nk = exp(s_nk − L_n)     output_n = Σₖ r_nk v_k
 *
 * A query that may see no key (all scores −∞) gets output 0, responsibilities 0 and evidence −∞. Note that L counts the prior as it is
 * given: a causal mask leaves weight 1 on each of the i + 1 visible keys, so subtract log(i + 1) before comparing positions.
 *
 * Under a `logitScale` other than 1 responsibilities are the power posterior ∝ (π_k p(q | k))^T, and L is its log normalizer: no log density.
 *
 * On float32 backends L is off by up to 3e-7 of the terms of the scores, T = max(1, logitScale · (Σ_d |scale·q_nd k_kd| + |b_nk|)) at the keys that matter,
 * responsibilities by 1e-7 of T, and outputs by 5e-7 of T of the range of a column of values, however far from 0 it lies; on the plain backend all three
 * by 1e-12 of T. That holds for any number of keys (tested to 10⁶): exponentials are added in blocks, and the blocks in float64, so that
 * the responsibilities of a query sum to 1 within 1e-6. Queries whose T may be above 1e4 are read on the plain backend, in float64, which is slower.
 * A float32 backend takes scores below −1e29 for −∞.
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
 * output.data; // [10.18]
 * logEvidence; // [4.018]
 */
export function attend(q: MatrixLike, k: MatrixLike, v: MatrixLike | null, options: AttendOptions = {}): Reading {
  const where = 'attention/attend';
  checkOptions(where, options, OPTIONS);
  const { backend = plain, responsibilities = false, labels = false } = options;
  const queries = matrix(q, where);
  const keys = matrix(k, where);
  const values = v === null ? null : matrix(v, where);
  checkShapes(where, queries, keys, values);
  const logitScale = checkLogitScale(where, options.logitScale);
  const sides = { where, queries: queries.rows, keys: keys.rows };
  const { bias, ...perPair } = scalePrior(logPrior(options, sides), logitScale);
  const scores = linearScores(keys, bias, logitScale * checkScale(where, options.scale, keys.cols));
  const reading = sureRead(backend, queries, scores, values, {
    responsibilities,
    labels,
    ...perPair,
  });
  checkEvidence(where, reading.logEvidence);
  return reading;
}

function checkEvidence(where: string, logEvidence: Float64Array): void {
  const n = logEvidence.findIndex((l) => !(l < Number.POSITIVE_INFINITY));
  if (n >= 0)
    fail(
      where,
      'NOT_FINITE',
      `the scores of query ${n} (counted from 0) are too large to be numbers; give smaller queries, keys, biases or scales`,
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
  if (!Number.isFinite(value)) fail(where, 'BAD_OPTION', `scale is ${show(value)}, a finite number was due`);
  return value;
}

/** The scale goes into the keys: K·d products instead of N·K. A key that is switched off is 0, so that its size cannot matter. */
function linearScores(keys: Matrix, bias: Float64Array, scale: number): Scores {
  const { data, rows, cols } = keys;
  const natural = new Float64Array(rows * cols);
  for (let k = 0; k < rows; k++) {
    if (bias[k] === Number.NEGATIVE_INFINITY) continue;
    for (let i = k * cols; i < (k + 1) * cols; i++) natural[i] = scale * data[i]!;
  }
  const term = { form: 'linear', statistics: identity.none, columns: null, width: cols, natural } as const;
  return { components: rows, bias, terms: [term] };
}
