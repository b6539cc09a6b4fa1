import { type Dataset, float64, type Scores, type Written } from '@mixtention/core';
import { addTrees, fail, memoize } from '@mixtention/core/base';
import { openShard } from '@mixtention/core/data';
import type { Assigned } from './discrete-bound.ts';
import type { MixtureGuide } from './guide.ts';
import { outer } from './outer-statistics.ts';
import { WHERE } from './variational-options.ts';

/** Scores of q(z): a row's unnormalised log probabilities. */
export const guideScores: (guide: MixtureGuide) => Scores = memoize((guide: MixtureGuide): Scores => {
  const components = guide.weight.length;
  const width = guide.assignment.length / components;
  const terms = [{ form: 'linear' as const, ...outer, width, natural: guide.assignment }];
  return { components, bias: guide.assignmentBias, terms };
});

/** q(z) summed, from what a `write` of its scores says. `−Σ r log r = Σ log evidence − Σ r · scores`, from the sums alone. */
export function assignedOf(
  { counts, sums, logEvidence }: Pick<Written, 'counts' | 'sums' | 'logEvidence'>,
  { assignment, assignmentBias }: MixtureGuide,
): Assigned {
  const entropy = logEvidence - dot(sums[0]!, assignment) - dot(counts, assignmentBias);
  return { counts, sums: sums[0]!, entropy };
}

/**
 * q(z) summed over every row in float64, of rows and scores in float64.
 *
 * Precisions of narrow components multiply the sums: in float32 the bound of a guide can be nats too high where deviations are a hundredth of a
 * column's.
 *
 * @param data  centred and scaled
 * @throws ABORTED when the signal fires
 *
 * Cost: one pass in this thread, a shard of statistics at a time; the event loop gets a turn after each.
 */
export async function assignInFloat64(data: Dataset, guide: MixtureGuide, signal?: AbortSignal): Promise<Assigned> {
  const scores = guideScores(guide);
  let sum: Assigned | undefined;
  for (let index = 0; index < data.cuts.length - 1; index++) {
    if (signal?.aborted) fail(WHERE, 'ABORTED', 'the run was cancelled', signal.reason);
    const shard = openShard(data, index, float64);
    const part = assignedOf(shard.write(scores, signal && { cancel: signal }), guide);
    shard.release();
    sum = sum === undefined ? part : (addTrees(sum, part) as unknown as Assigned);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return sum!;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0);
}
