import type { Step } from '@mixtention/core/loop';
import type { Restart, TracePoint } from './options.ts';

/** What one start came to, in the user's units but for the state. */
export type Outcome = Restart & {
  readonly trace: readonly TracePoint[];
  /** The last step whose objective was a number, and its end. */
  readonly step: Step;
};

/** 0 of a start that ended well, 1 of one that ended degenerate, 2 of one that diverged. */
export function troubleOf({ status, step }: Outcome): number {
  if (status === 'diverged') return 2;
  return status === 'degenerate' || step.info.degenerate?.length ? 1 : 0;
}
