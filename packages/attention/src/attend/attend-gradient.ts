import { dense, float64, type Matrix, type MatrixLike, matrix, type ScoreVisit } from '@mixtention/core';
import { checkOptions, fail } from '@mixtention/core/base';
import { ATTEND_OPTIONS } from './attend.ts';
import { eachHead, HEADS_OPTIONS, type Head, isHeads } from './heads.ts';
import { type AttentionProblem, attentionProblem } from './problem.ts';
import { relativeGradient } from './relative-bias.ts';
import { rotate } from './rotary.ts';
import { sureBackward } from './sure-backward.ts';
import type {
  AttendHeadsOptions,
  AttendOptions,
  AttentionGradient,
  AttentionReading,
  GradientMatrix,
  Heads,
  OutputGradient,
} from './types.ts';

/** What a reading was, and how a loss moves with it. */
export type AttentionDownstream = {
  /** What `attend` returned for the same arguments. */
  readonly reading: Pick<AttentionReading, 'output' | 'logEvidence'>;
  readonly gradient: OutputGradient;
};

/**
 * How a loss of what `attend` returned moves with queries, keys, values and biases: scores are made again tile by tile, N×K is never held.
 *
 *     ∂ℒ/∂s_nk = r_nk (∂ℒ/∂output_n·(v_k − output_n) + ∂ℒ/∂L_n)
 *
 * All options are those of the read. For heads everything comes as lists, and keys and values that several heads share get the sums of what these tell.
 *
 * @param q           `[N, d]`, or heads
 * @param k           `[K, d]`
 * @param v           `[K, V]`, or null
 * @param downstream  the reading, and ∂ℒ/∂output `[N, V]`, ∂ℒ/∂L `[N]`
 * @returns as `AttentionGradient` says; for heads a list, of as many entries as q has heads
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION, each in one sentence
 *
 * Cost: N·K·(3 d + 2 V) multiply–adds and N·K exponentials.
 * Source: Dao et al. (2022), FlashAttention, app. B.2, with the gradient of the evidence added.
 *
 * @example
 * const [q, k, v] = [[[1, 0]], [[4, 0], [0, 4]], [[10], [20]]];
 * const reading = attend(q, k, v);
 * const { values } = attendGradient(q, k, v, { reading, gradient: { output: [[1]] } });
 * values.data; // [0.94, 0.06], the responsibilities
 */
export function attendGradient(
  q: Heads,
  k: Heads,
  v: Heads | null,
  downstream: readonly AttentionDownstream[],
  options?: AttendHeadsOptions,
): readonly AttentionGradient[];
export function attendGradient(
  q: MatrixLike,
  k: MatrixLike,
  v: MatrixLike | null,
  downstream: AttentionDownstream,
  options?: AttendOptions,
): AttentionGradient;
export function attendGradient(
  q: MatrixLike | Heads,
  k: MatrixLike | Heads,
  v: MatrixLike | Heads | null,
  downstream: AttentionDownstream | readonly AttentionDownstream[],
  options: AttendOptions | AttendHeadsOptions = {},
): AttentionGradient | readonly AttentionGradient[] {
  const where = 'attention/attendGradient';
  if (!isHeads(q)) {
    checkOptions(where, options, ATTEND_OPTIONS);
    const own = { q, k, v, options, group: 0 } as Head;
    return gradientOne(where, own, downstream as AttentionDownstream);
  }
  checkOptions(where, options, [...ATTEND_OPTIONS, ...HEADS_OPTIONS]);
  const heads = eachHead(where, q, k as Heads, v as Heads | null, options as AttendHeadsOptions);
  const all = downstream as readonly AttentionDownstream[];
  if (all.length !== heads.length)
    fail(
      where,
      'BAD_SHAPE',
      `${all.length} readings with gradients came, one for each of ${heads.length} heads was due`,
    );
  return shareGroups(
    heads,
    heads.map((head, h) => gradientOne(where, head, all[h]!)),
  );
}

/** Heads that read the same keys and values get the sum of what all of them tell of these. */
function shareGroups(heads: readonly Head[], gradients: readonly AttentionGradient[]): readonly AttentionGradient[] {
  const sums = new Map<number, Pick<AttentionGradient, 'keys' | 'values'>>();
  heads.forEach(({ group }, h) => {
    const { keys, values } = gradients[h]!;
    const known = sums.get(group);
    if (known === undefined) sums.set(group, { keys, values });
    else {
      keys.data.forEach((g, i) => {
        known.keys.data[i]! += g;
      });
      values.data.forEach((g, i) => {
        known.values.data[i]! += g;
      });
    }
  });
  return gradients.map((own, h) => ({ ...own, ...sums.get(heads[h]!.group) }));
}

function gradientOne(where: string, { q, k, v, options }: Head, downstream: AttentionDownstream): AttentionGradient {
  const problem = attentionProblem(where, q, k, v, options);
  const { queries, scores, values, perPair, factor, logitScale, places, rotation } = problem;
  const K = scores.components;
  const known = readDownstream(where, problem, downstream);
  const pairs = holdsPairs(options.bias, K) ? emptyMatrix(queries.rows, K) : null;
  const relative = options.positions?.relative && new Float64Array(options.positions.relative.length);
  const visits: ScoreVisit[] = [];
  if (pairs !== null) visits.push((start, _, slopes) => pairs.data.set(slopes, start * K));
  if (relative !== undefined) visits.push(relativeGradient(relative, places));
  const gradients = sureBackward(options.backend ?? float64, queries, scores, values, known.kernel, {
    ...perPair,
    ...(visits.length > 0 && {
      slopes: (start, count, slopes) => {
        for (const visit of visits) visit(start, count, slopes);
      },
    }),
  });
  const times = (numbers: Float64Array, by: number): Float64Array => (by === 1 ? numbers : numbers.map((g) => by * g));
  const ofQueries = gradients.queries[0] as GradientMatrix;
  const ofKeys = { data: times(gradients.natural[0]!, factor), rows: K, cols: queries.cols };
  const back = (rows: GradientMatrix, p: Float64Array): GradientMatrix =>
    rotation === null ? rows : (rotate(rows, p, rotation, -1) as GradientMatrix);
  return {
    queries: back(ofQueries, places.queries),
    keys: back(ofKeys, places.keys),
    values: gradients.values as GradientMatrix,
    bias: times(gradients.bias, logitScale),
    ...(pairs && { pairBias: { ...pairs, data: times(pairs.data, logitScale) } }),
    ...(relative && { relative: times(relative, logitScale) }),
    ...(known.sink !== null && { sink: logitScale * known.sink }),
  };
}

/**
 * What the kernel is told: the sink is taken out of the evidence, and its share out of the gradients.
 *
 *     L = L′ + log(1 − r₀)     G = (1 − r₀) G′     g = (1 − r₀) g′     ∂ℒ/∂sink = Σ r₀ (g′ − G′·o′)
 *
 * The kernel subtracts `G·o′` as it would `G·o`: a responsibility times that is what the sink leaves of it.
 */
function readDownstream(
  where: string,
  { queries, values, sink }: AttentionProblem,
  { reading, gradient }: AttentionDownstream,
): { readonly kernel: Parameters<typeof sureBackward>[4]; readonly sink: number | null } {
  const N = queries.rows;
  const V = values?.cols ?? 0;
  const output = gradient.output === undefined || V === 0 ? null : checkOutput(where, gradient.output, N, V);
  const level = gradient.logEvidence === undefined ? null : checkLevels(where, gradient.logEvidence, N);
  // A reading with its variance has more columns beside it, none in it.
  const known = { output: reading.output, logEvidence: reading.logEvidence };
  if (sink === null)
    return {
      kernel: { reading: known, gradient: { ...(output && { output }), ...(level && { logEvidence: level }) } },
      sink: null,
    };
  const G = output && { ...output, data: Float64Array.from(output.data) };
  const g = level?.slice() ?? null;
  let ofSink = 0;
  const logEvidence = Float64Array.from(known.logEvidence, (all, n) => {
    const none = Math.min(1, Math.exp(sink - all));
    let told = g?.[n] ?? 0;
    for (let i = n * V; G !== null && i < (n + 1) * V; i++) {
      told -= G.data[i]! * known.output.data[i]!;
      G.data[i]! *= 1 - none;
    }
    if (g !== null) g[n]! *= 1 - none;
    ofSink += none * told;
    return all + Math.log1p(-none);
  });
  return {
    kernel: {
      reading: { output: known.output, logEvidence },
      gradient: { ...(G && { output: G }), ...(g && { logEvidence: g }) },
    },
    sink: ofSink,
  };
}

function checkOutput(where: string, given: MatrixLike, N: number, V: number): Matrix {
  const output = matrix(given, where);
  if (output.rows !== N || output.cols !== V)
    fail(
      where,
      'BAD_SHAPE',
      `the gradient of the output is ${output.rows} × ${output.cols}, ${N} × ${V} (queries × width of the values) was due`,
    );
  return output;
}

function checkLevels(where: string, given: ArrayLike<number>, N: number): Float64Array {
  if (given.length !== N)
    fail(where, 'BAD_SHAPE', `${given.length} gradients of the evidence came, one for each of ${N} queries was due`);
  return matrix({ data: Float64Array.from(given), rows: N, cols: 1 }, where).data as Float64Array;
}

/** Whether a bias came as a matrix of pairs: its gradient is one too. */
function holdsPairs(bias: AttendOptions['bias'], K: number): boolean {
  if (bias === undefined || typeof bias === 'function' || ArrayBuffer.isView(bias)) return false;
  if (Array.isArray(bias) && typeof bias[0] === 'number') return false;
  return dense(bias as MatrixLike).cols === K;
}

function emptyMatrix(rows: number, cols: number): GradientMatrix {
  return { data: new Float64Array(rows * cols), rows, cols };
}
