import type { Status, StepInfo } from '@mixtention/core';
import { type Step, statusSentences } from '@mixtention/core/loop';
import type { RunRecord } from './checkpoint.ts';
import type { Restart, TracePoint } from './progress.ts';

/** What one start came to, in the user's units but for the state. */
export type Outcome = Restart & {
  readonly trace: readonly TracePoint[];
  /** The last step whose objective was a number, and its end. */
  readonly step: Step;
};

/** Of a start that was asked to stop. */
const STOPPED = 'it was asked to stop, and this is the best so far: resume it from a checkpoint, or start again';

/**
 * 0 of a start that ended well, 1 of one that ended degenerate, 2 of one that diverged.
 *
 * @example
 * troubleOf({ status: 'converged', step: { info: { degenerate: [] } } }); // 0
 * troubleOf({ status: 'converged', step: { info: { degenerate: [1] } } }); // 1: component 1 ended at the floor
 */
export function troubleOf({ status, step }: Outcome): number {
  if (status === 'diverged') return 2;
  return status === 'degenerate' || step.info.degenerate?.length ? 1 : 0;
}

/** What a run has come to; one that is not over was stopped, by its time or because somebody asked for it. */
export function outcomeOf(
  { trace, step: last }: RunRecord,
  {
    measure,
    maxIterations,
    isAsked,
  }: { readonly measure: Measure; readonly maxIterations: number; readonly isAsked: boolean },
): Outcome {
  const step =
    isOver(last, maxIterations) || !isAsked ? last : { ...last, status: 'stopped' as const, message: STOPPED };
  return { status: step.status as Status, iterations: step.iteration, ...measure(step.info), trace, step };
}

type Measure = (info: StepInfo) => Pick<TracePoint, 'objective' | 'logLikelihood'>;

/** Whether a run has come to its end by this step, rather than to that of its time, or of fewer iterations than it may make now. */
export function isOver({ status, message, iteration }: Step, maxIterations: number): boolean {
  if (status === 'running') return false;
  return status !== 'stopped' || iteration >= maxIterations || message !== statusSentences.stopped;
}
