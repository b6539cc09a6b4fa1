import type { Cancellation, Family, Precision, Scores, Shard, WriteOptions } from '@mixtention/core';
import { isExact } from '@mixtention/core/data';
import { MOST_FLOAT32_TERM, magnitudeOf, outgrowsFloat32 } from '@mixtention/core/kernel';

/** What one pass adds up. */
export type MixtureStats = {
  /** N_k, `[K]` */
  readonly counts: Float64Array;
  /** Σ r_nk T(x_n), one array a term */
  readonly sums: readonly Float64Array[];
  readonly logEvidence: number;
  readonly logMaxResponsibility: number;
  /** What of it is base measure */
  readonly logBase: number;
  /** Rows that no component can have made. */
  readonly orphans: number;
  /** What the rounding of logEvidence is relative to. */
  readonly magnitude: number;
  /** What the pass was computed in. */
  readonly precision: Precision;
  /** Whether float32 holds every cell exactly. */
  readonly exact: boolean;
};

/** The E-step on the rows of a shard, by the kernel's `write`. */
export function collectMixture(
  family: Family,
  scores: Scores,
  shard: Shard,
  { cancel, ...wanted }: Pick<WriteOptions, 'hard'> & { readonly cancel?: Cancellation | undefined },
): MixtureStats {
  const written = shard.write(scores, { ...wanted, ...(cancel && { cancel }) });
  const { counts, sums, logEvidence, logMaxResponsibility, logBase, orphans, precision } = written;
  // Beyond what float32 holds float64 computes, whose rounding is less than that.
  const most = shard.backend.precision === 'float32' ? MOST_FLOAT32_TERM : Number.POSITIVE_INFINITY;
  const magnitude = magnitudeOf(scores, counts, most);
  const exact = isExact(family, shard.width);
  return { counts, sums, logEvidence, logMaxResponsibility, logBase, orphans, magnitude, precision, exact };
}

/** Whether a pass under the scores `before` was precise enough for the scores that it led to; these are made only where that is in doubt. */
export function isBelievable(before: () => Scores, after: () => Scores, { precision, exact }: MixtureStats): boolean {
  return precision === 'float64' || exact || !outgrowsFloat32(before(), after());
}
