import type { Cancellation, Key, Scores, Shard, Statistics } from '@mixtention/core';
import { drawMinibatch } from '../minibatch/draw-minibatch.ts';
import type { GradientMixtureStats } from './types.ts';

type Part = {
  readonly shard: Shard;
  readonly key: Key;
  readonly step: number;
  /** Of the shard's rows. */
  readonly fraction: number;
  readonly cancel: Cancellation | undefined;
};

/** The kernel's `write` over a shard, or over a random part of it scaled up to the whole. */
export function writePart(
  family: Statistics,
  scores: Scores,
  { shard, key, step, fraction, cancel }: Part,
): GradientMixtureStats {
  const weight = shard.weights === null ? shard.rows : shard.weights.reduce((sum, w) => sum + w, 0);
  const options = cancel === undefined ? {} : { cancel };
  if (fraction === 1) {
    const { counts, sums, logEvidence, logMaxResponsibility } = shard.write(family, scores, options);
    return { counts, sums, logEvidence, logMaxResponsibility, weight };
  }
  const { rows, scale } = drawMinibatch(key, step, shard, fraction);
  const part = shard.subset(rows);
  try {
    const { counts, sums, logEvidence, logMaxResponsibility } = part.write(family, scores, options);
    return {
      counts: counts.map((n) => scale * n),
      sums: sums.map((s) => scale * s),
      logEvidence: scale * logEvidence,
      logMaxResponsibility: scale * logMaxResponsibility,
      weight,
    };
  } finally {
    part.release();
  }
}
