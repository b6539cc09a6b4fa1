import type { Cancellation, Key, Precision, Scores, Shard } from '@mixtention/core';
import { magnitudeOf } from '@mixtention/core/kernel';
import { drawMinibatch } from '../minibatch/draw-minibatch.ts';
import type { GradientMixtureStats } from './types.ts';

type Part = {
  readonly shard: Shard;
  readonly key: Key;
  readonly step: number;
  /** Of the shard's rows. */
  readonly fraction: number;
  readonly precision: Precision | undefined;
  readonly cancel: Cancellation | undefined;
};

/** The kernel's `write` over a shard, or over a random part of it scaled up to the whole. */
export function writePart(
  scores: Scores,
  { shard, key, step, fraction, precision, cancel }: Part,
): GradientMixtureStats {
  const weight = shard.weights === null ? shard.rows : shard.weights.reduce((sum, w) => sum + w, 0);
  const whole = { weight, cells: weight * shard.width };
  const options = { precision, ...(cancel && { cancel }) };
  if (fraction === 1) return { ...write(shard), ...whole };
  const { rows, scale } = drawMinibatch(key, step, shard, fraction);
  const part = shard.subset(rows);
  try {
    return { ...scaled(write(part), scale), ...whole };
  } finally {
    part.release();
  }

  function write(from: Shard): Summed {
    const { counts, sums, logEvidence, logMaxResponsibility, precision } = from.write(scores, options);
    const magnitude = magnitudeOf(scores, counts);
    return { counts, sums, logEvidence, logMaxResponsibility, magnitude, precision };
  }
}

type Summed = Omit<GradientMixtureStats, 'weight' | 'cells'>;

function scaled({ counts, sums, precision, ...totals }: Summed, scale: number): Summed {
  return {
    counts: counts.map((n) => scale * n),
    sums: sums.map((own) => own.map((s) => scale * s)),
    logEvidence: scale * totals.logEvidence,
    logMaxResponsibility: scale * totals.logMaxResponsibility,
    magnitude: scale * totals.magnitude,
    precision,
  };
}
