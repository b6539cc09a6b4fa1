import type { Cancellation, DataRows, Scores } from '@mixtention/core';
import { logSumExp } from '@mixtention/core/numeric';

/** Posterior predictives cannot be written. */
export function isReadOnly({ terms }: Scores): boolean {
  return terms.some(({ form }) => form === 'student');
}

/** Sums over rows, nats. */
export type Sums = { readonly logEvidence: number; readonly logMaxResponsibility: number };

/** The sums that `write` makes, from what rows read and from the highest of their scores. */
export function byReading(
  rows: DataRows,
  scores: Scores,
  weights: Float64Array | null | undefined,
  cancel?: Cancellation,
): Sums {
  const { components: K } = scores;
  const { logEvidence } = rows.read(scores, null, cancel ? { cancel } : {});
  const weightOf = (n: number): number => weights?.[n] ?? 1;
  let logMaxResponsibility = 0;
  rows.score(
    scores,
    (start, count, tile) => {
      for (let i = 0; i < count; i++) {
        const own = Float64Array.from(tile.subarray(i * K, (i + 1) * K));
        const most = own.reduce((a, b) => Math.max(a, b));
        if (most > Number.NEGATIVE_INFINITY) logMaxResponsibility += weightOf(start + i) * (most - logSumExp(own));
      }
    },
    cancel ? { cancel } : {},
  );
  const ofRows = logEvidence.reduce((sum, l, n) => (weightOf(n) === 0 ? sum : sum + weightOf(n) * l), 0);
  return { logEvidence: ofRows, logMaxResponsibility };
}
