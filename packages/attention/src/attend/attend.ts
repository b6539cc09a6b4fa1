import { float64, type MatrixLike } from '@mixtention/core';
import { checkOptions, fail } from '@mixtention/core/base';
import { eachHead, HEADS_OPTIONS, isHeads } from './heads.ts';
import { attentionProblem, readValueVariance } from './problem.ts';
import { addSink } from './sink.ts';
import { sureRead } from './sure-read.ts';
import type { AttendHeadsOptions, AttendOptions, AttentionReading, Heads } from './types.ts';
import { momentsOf, splitMoments } from './variance.ts';

export const ATTEND_OPTIONS: readonly string[] = [
  'bias',
  'mask',
  'positions',
  'sink',
  'scale',
  'logitScale',
  'backend',
  'responsibilities',
  'labels',
  'variance',
  'valueVariance',
];

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
 * With `variance`, column by column, what is left open is `Σₖ r_k (σ²_k + v_k²) − o²`: variances of the values themselves, and what lies between them.
 *
 * Several heads `[H, N, d]` go in one call, each with its own reading. Keys and values may have fewer heads (grouped queries): H of theirs a group, in order.
 *
 * On float32 backends L is off by up to 3e-7 of the terms of the scores, T = max(1, logitScale · (Σ_d |scale·q_nd k_kd| + |b_nk|)) at the keys that matter,
 * responsibilities by 1e-7 of T, and outputs by 5e-7 of T of the range of a column of values, however far from 0 it lies; in float64 all three
 * by 1e-12 of T. Variances are off by as much of the square of that range. That holds for any number of keys (tested to 10⁶): exponentials are added in
 * blocks, and the blocks in float64, so that
 * the responsibilities of a query sum to 1 within 1e-6. Queries whose T may be above 1e4 are read in float64, which is slower.
 * A float32 backend takes scores below −1e29 for −∞.
 *
 * @param q  queries `[N, d]`, finite, or heads of them
 * @param k  keys `[K, d]`, finite
 * @param v  values `[K, V]`, finite; null when only the evidence or the responsibilities are wanted
 * @returns output `[N, V]`, logEvidence L `[N]` (nats), and on demand responsibilities `[N, K]`, labels `[N]` (−1: no key seen) and variance
 *   `[N, V]`; a list of them for heads
 * @throws BAD_SHAPE, NOT_FINITE, BAD_DATA, BAD_OPTION, each in one sentence
 *
 * Cost: N·K·(d + V) multiply–adds and N·K exponentials, in tiles: N×K is held only for responsibilities, or when given as bias or mask.
 * Source: Vaswani et al. (2017), eq. 1; the evidence is the log-sum-exp that fused attention kernels keep for their backward pass.
 *
 * @example
 * const { output, logEvidence } = attend([[1, 0]], [[4, 0], [0, 4]], [[10], [20]], { scale: 1 });
 * output.data; // [10.18]
 * logEvidence; // [4.018]
 */
export function attend(q: Heads, k: Heads, v: Heads | null, options?: AttendHeadsOptions): readonly AttentionReading[];
export function attend(q: MatrixLike, k: MatrixLike, v: MatrixLike | null, options?: AttendOptions): AttentionReading;
export function attend(
  q: MatrixLike | Heads,
  k: MatrixLike | Heads,
  v: MatrixLike | Heads | null,
  options: AttendOptions | AttendHeadsOptions = {},
): AttentionReading | readonly AttentionReading[] {
  const where = 'attention/attend';
  if (!isHeads(q)) {
    checkOptions(where, options, ATTEND_OPTIONS);
    return attendOne(where, q as MatrixLike, k as MatrixLike, v as MatrixLike | null, options as AttendOptions);
  }
  checkOptions(where, options, [...ATTEND_OPTIONS, ...HEADS_OPTIONS]);
  return eachHead(where, q, k as Heads, v as Heads | null, options as AttendHeadsOptions).map((head) =>
    attendOne(where, head.q, head.k, head.v, head.options),
  );
}

function attendOne(
  where: string,
  q: MatrixLike,
  k: MatrixLike,
  v: MatrixLike | null,
  options: AttendOptions,
): AttentionReading {
  const { backend = float64, responsibilities = false, labels = false, valueVariance } = options;
  const { queries, scores, values, perPair, sink } = attentionProblem(where, q, k, v, options);
  const ownVariance = readValueVariance(where, valueVariance, values);
  const moments = options.variance || ownVariance !== null ? momentsOf(values ?? noValues(where), ownVariance) : null;
  const wanted = { responsibilities, labels, ...perPair };
  const read = sureRead(backend, queries, scores, moments?.values ?? values, wanted);
  checkEvidence(where, read.logEvidence);
  const isOrphan = (n: number): boolean => read.logEvidence[n] === Number.NEGATIVE_INFINITY;
  const reading = moments === null ? read : { ...read, ...splitMoments(read.output, moments.center, isOrphan) };
  return sink === null ? reading : addSink(reading, sink);
}

function noValues(where: string): never {
  return fail(where, 'BAD_OPTION', 'the variance of the output was asked for without values');
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
