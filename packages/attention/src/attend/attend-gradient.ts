import { float64, type MatrixLike, type ScoreVisit } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import type { OnExecutor } from './blocks-of-queries.ts';
import { gradientsOn } from './gradients-on.ts';
import { type Head, headsOf, isHeads } from './heads.ts';
import { openGradient, type Told } from './open-gradient.ts';
import { relativeGradient } from './relative-bias.ts';
import { sureBackward } from './sure-backward.ts';
import type { AttendHeadsOptions, AttendOptions, AttentionDownstream, AttentionGradient, Heads } from './types.ts';

/**
 * How a loss of what `attend` returned moves with queries, keys, values and biases: scores are made again tile by tile, N×K is never held.
 *
 *     ∂ℒ/∂s_nk = r_nk (∂ℒ/∂output_n·(v_k − output_n) + ∂ℒ/∂L_n)
 *
 * All options are those of the read. With an `executor` blocks of 1,024 queries go to its workers, and a promise comes back; sums over queries are added block by
 * block, with the same bits for any number of workers, and the rounding of another order than in this thread. For heads everything comes as lists, and keys and values that several heads share get the sums of what these tell.
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
  options: AttendHeadsOptions & OnExecutor,
): Promise<readonly AttentionGradient[]>;
export function attendGradient(
  q: MatrixLike,
  k: MatrixLike,
  v: MatrixLike | null,
  downstream: AttentionDownstream,
  options: AttendOptions & OnExecutor,
): Promise<AttentionGradient>;
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
  options: (AttendOptions | AttendHeadsOptions) & Partial<OnExecutor> = {},
): AttentionGradient | readonly AttentionGradient[] | Promise<AttentionGradient | readonly AttentionGradient[]> {
  const where = 'attention/attendGradient';
  const finish = (heads: readonly Head[], gradients: readonly AttentionGradient[]) =>
    isHeads(q) ? shareGroups(heads, gradients) : gradients[0]!;
  const open = (): readonly Told[] => {
    const heads = headsOf(where, q, k, v, options);
    const all = (isHeads(q) ? downstream : [downstream]) as readonly AttentionDownstream[];
    if (all.length !== heads.length)
      fail(
        where,
        'BAD_SHAPE',
        `${counted(all.length, 'reading')} with gradients came, one for each of ${counted(heads.length, 'head')} was due`,
      );
    return heads.map((head, h) => ({ head, downstream: all[h]! }));
  };
  const headsIn = (told: readonly Told[]): readonly Head[] => told.map(({ head }) => head);
  if (options.executor !== undefined) {
    return gradientsOn(where, open, options as OnExecutor).then(({ told, gradients }) =>
      finish(headsIn(told), gradients),
    );
  }
  const told = open();
  return finish(headsIn(told), told.map(gradientOne));
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

function gradientOne(told: Told): AttentionGradient {
  const { problem, downstream, hasPairs, relative: numbers, finish } = openGradient(told);
  const { queries, scores, values, perPair, places } = problem;
  const K = scores.components;
  const pairs = hasPairs ? new Float64Array(queries.rows * K) : null;
  const relative = numbers === null ? null : new Float64Array(numbers);
  const visits: ScoreVisit[] = [];
  if (pairs !== null) visits.push((start, _, slopes) => pairs.set(slopes, start * K));
  if (relative !== null) visits.push(relativeGradient(relative, places));
  const gradients = sureBackward(told.head.options.backend ?? float64, queries, scores, values, downstream, {
    ...perPair,
    ...(visits.length > 0 && {
      slopes: (start, count, slopes) => {
        for (const visit of visits) visit(start, count, slopes);
      },
    }),
  });
  return finish({
    queries: gradients.queries[0]!.data as Float64Array,
    natural: gradients.natural[0]!,
    bias: gradients.bias,
    values: gradients.values.data as Float64Array,
    pairs,
    relative,
  });
}
