import { float64, type MatrixLike } from '@mixtention/core';
import { attendOn } from './attend-on.ts';
import type { OnExecutor } from './blocks-of-queries.ts';
import { type Head, headsOf, isHeads } from './heads.ts';
import { openReading } from './open-reading.ts';
import { sureRead } from './sure-read.ts';
import type { AttendHeadsOptions, AttendOptions, AttentionReading, Heads } from './types.ts';

/**
 * Attention with its evidence: softmax attention read as Bayes' theorem, where keys are components and queries are data.
 *
 *     s_nk = logitScale · (scale · q_n·k_k + b_nk)     L_n = log Σₖ exp s_nk     r_nk = exp(s_nk − L_n)     output_n = Σₖ r_nk v_k
 *
 * A query that may see no key (all scores −∞) gets output 0, responsibilities 0 and evidence −∞, which is no error here; layers (`multiHeadAttention`,
 * `selfAttention`) refuse it, and `xray` refuses a head none of whose queries sees a key. Note that L counts the prior as it is
 * given: a causal mask leaves weight 1 on each of the i + 1 visible keys, so subtract log(i + 1) before comparing positions.
 *
 * Under a `logitScale` other than 1 responsibilities are the power posterior ∝ (π_k p(q | k))^T, and L is its log normalizer: no log density.
 *
 * With `variance`, column by column, what is left open is `Σₖ r_k (σ²_k + v_k²) − o²`: variances of the values themselves, and what lies between them.
 *
 * Several heads `[H, N, d]` go in one call, each with its own reading. Keys and values may have fewer heads (grouped queries): H of theirs a group, in order.
 *
 * With an `executor` heads and blocks of 512 queries go to its workers, and a promise comes back: the same bits for any number of workers, and those of
 * this thread on the same backend. Keys, values and readings cross in shared memory, two heads or 24 MB at a time.
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
 *
 * @example
 * const executor = inline(); // or threads() of core/threads, webWorkers() of core/web-workers
 * const [reading] = await attend([[[1, 0]]], [[[4, 0], [0, 4]]], [[[10], [20]]], { scale: 1, executor });
 * reading.output.data; // [10.18]
 */
export function attend(
  q: Heads,
  k: Heads,
  v: Heads | null,
  options: AttendHeadsOptions & OnExecutor,
): Promise<readonly AttentionReading[]>;
export function attend(
  q: MatrixLike,
  k: MatrixLike,
  v: MatrixLike | null,
  options: AttendOptions & OnExecutor,
): Promise<AttentionReading>;
export function attend(q: Heads, k: Heads, v: Heads | null, options?: AttendHeadsOptions): readonly AttentionReading[];
export function attend(q: MatrixLike, k: MatrixLike, v: MatrixLike | null, options?: AttendOptions): AttentionReading;
export function attend(
  q: MatrixLike | Heads,
  k: MatrixLike | Heads,
  v: MatrixLike | Heads | null,
  options: (AttendOptions | AttendHeadsOptions) & Partial<OnExecutor> = {},
): AttentionReading | readonly AttentionReading[] | Promise<AttentionReading | readonly AttentionReading[]> {
  const where = 'attention/attend';
  if (options.executor !== undefined)
    return attendOn(where, () => headsOf(where, q, k, v, options), options as OnExecutor).then((readings) =>
      isHeads(q) ? readings : readings[0]!,
    );
  const readings = headsOf(where, q, k, v, options).map(attendOne);
  return isHeads(q) ? readings : readings[0]!;
}

function attendOne({ where, q, k, v, options }: Head): AttentionReading {
  const { problem, wanted, finish } = openReading(where, q, k, v, options);
  const { queries, scores, values, perPair } = problem;
  return finish(sureRead(options.backend ?? float64, queries, scores, values, { ...wanted, ...perPair }));
}
