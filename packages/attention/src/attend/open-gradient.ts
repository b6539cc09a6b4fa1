import { dense, type Matrix, type MatrixLike, matrix } from '@mixtention/core';
import { checkOptions, counted, fail } from '@mixtention/core/base';
import type { Head } from './heads.ts';
import { type AttentionProblem, attentionProblem } from './problem.ts';
import { rotate } from './rotary.ts';
import type { sureBackward } from './sure-backward.ts';
import type { AttendOptions, AttentionDownstream, AttentionGradient, GradientMatrix } from './types.ts';

/** Sums over queries, and what is told of each, as the kernel gives them. */
export type KernelGradient = {
  readonly queries: Float64Array;
  readonly natural: Float64Array;
  readonly bias: Float64Array;
  readonly values: Float64Array;
  /** `∂ℒ/∂s` `[N, K]` where it is wanted, and by the table of relative biases */
  readonly pairs: Float64Array | null;
  readonly relative: Float64Array | null;
};

/** A gradient that is about to be made: what the kernel gets, and what its gradient becomes. */
export type OpenGradient = {
  readonly problem: AttentionProblem;
  readonly downstream: Parameters<typeof sureBackward>[4];
  /** Whether the bias came as a matrix of pairs: its gradient is one too. */
  readonly hasPairs: boolean;
  /** Numbers of the table of relative biases, null where there is none */
  readonly relative: number | null;
  readonly finish: (gradient: KernelGradient) => AttentionGradient;
};

/** A head, and what is told of its reading. */
export type Told = { readonly head: Head; readonly downstream: AttentionDownstream };

/** Checks what a gradient is given. */
export function openGradient({ head, downstream: given }: Told, room?: (count: number) => Float64Array): OpenGradient {
  const { where, q, k, v, options } = head;
  const problem = attentionProblem(where, q, k, v, options, room);
  const { queries, scores, factor, logitScale, places, rotation } = problem;
  const [N, K, V] = [queries.rows, scores.components, problem.values?.cols ?? 0];
  const { kernel, sink } = readDownstream(where, problem, given);
  const times = (numbers: Float64Array, by: number): Float64Array => (by === 1 ? numbers : numbers.map((g) => by * g));
  const back = (rows: GradientMatrix, p: Float64Array): GradientMatrix =>
    rotation === null ? rows : (rotate(rows, p, rotation, -1) as GradientMatrix);
  return {
    problem,
    downstream: kernel,
    hasPairs: holdsPairs(options.bias, K),
    relative: options.positions?.relative?.length ?? null,
    finish: (own) => ({
      queries: back({ data: own.queries, rows: N, cols: queries.cols }, places.queries),
      keys: back({ data: times(own.natural, factor), rows: K, cols: queries.cols }, places.keys),
      values: { data: own.values, rows: K, cols: V },
      bias: times(own.bias, logitScale),
      ...(own.pairs && { pairBias: { data: times(own.pairs, logitScale), rows: N, cols: K } }),
      ...(own.relative && { relative: times(own.relative, logitScale) }),
      ...(sink !== null && { sink: logitScale * sink }),
    }),
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
  downstream: AttentionDownstream,
): { readonly kernel: Parameters<typeof sureBackward>[4]; readonly sink: number | null } {
  // Options of the read stand beside it, not in it.
  checkOptions(where, downstream, ['reading', 'gradient']);
  const { reading, gradient } = downstream;
  checkOptions(where, gradient, ['output', 'logEvidence']);
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
    fail(
      where,
      'BAD_SHAPE',
      `${counted(given.length, 'gradient')} of the evidence came, one for each of ${counted(N, 'query', 'queries')} was due`,
    );
  return matrix({ data: Float64Array.from(given), rows: N, cols: 1 }, where).data as Float64Array;
}

/** Whether a bias came as a matrix of pairs: its gradient is one too. */
function holdsPairs(bias: AttendOptions['bias'], K: number): boolean {
  if (bias === undefined || typeof bias === 'function' || ArrayBuffer.isView(bias)) return false;
  if (Array.isArray(bias) && typeof bias[0] === 'number') return false;
  return dense(bias as MatrixLike).cols === K;
}
