import type { Cancellation, Scores, Shard } from '@mixtention/core';
import { magnitudeOf } from '@mixtention/core/kernel';
import type { GradientMixtureStats } from './types.ts';

/** The kernel's `write` over what a step sees of a shard. */
export function writeStats(
  scores: Scores,
  shard: Shard,
  { exact, cancel }: { readonly exact: boolean; readonly cancel: Cancellation | undefined },
): GradientMixtureStats {
  const { rows, width, weights } = shard;
  const written = shard.write(scores, cancel === undefined ? {} : { cancel });
  const { counts, sums, logEvidence, logMaxResponsibility, precision } = written;
  const weight = weights === null ? rows : weights.reduce((sum, w) => sum + w, 0);
  const size = { rows, weight, cells: weight * width };
  return {
    counts,
    sums,
    logEvidence,
    logMaxResponsibility,
    magnitude: magnitudeOf(scores, counts),
    precision,
    exact,
    ...size,
  };
}

/** Sums of a minibatch scaled up to those of all rows: each row is in one minibatch of an epoch. */
export function scaledUp(stats: GradientMixtureStats, rows: number): GradientMixtureStats {
  const scale = rows / stats.rows;
  if (scale === 1) return stats;
  const { counts, sums, logEvidence, logMaxResponsibility, magnitude, weight, cells } = stats;
  return {
    ...stats,
    rows,
    counts: counts.map((n) => scale * n),
    sums: sums.map((own) => own.map((s) => scale * s)),
    logEvidence: scale * logEvidence,
    logMaxResponsibility: scale * logMaxResponsibility,
    magnitude: scale * magnitude,
    weight: scale * weight,
    cells: scale * cells,
  };
}
