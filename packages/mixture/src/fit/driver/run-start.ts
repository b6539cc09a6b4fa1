import type { AnyAlgorithm, Dataset, RunFrom, Starts, Step, StepInfo } from '@mixtention/core';
import { run } from '@mixtention/core/loop';
import type { RunRecord } from './checkpoint.ts';
import { isOver, type Outcome, outcomeOf } from './outcome.ts';
import type { Progress, TracePoint } from './progress.ts';
import type { Posed, StartsSetting } from './subject.ts';

/** One run of a start. */
export type StartRun = Pick<Progress, 'phase' | 'restart' | 'restarts'> & {
  /** By which a checkpoint knows it; null for one that is a makeshift, since time ran out before it. */
  readonly name: string | null;
  readonly algorithm: AnyAlgorithm;
  readonly data: Dataset;
  begin(): RunFrom;
  readonly maxIterations: number;
  /** Whether it must measure a state, however little time there is: else there would be nothing to report. */
  readonly isNeeded: boolean;
  /** Has one worker make it alone, others beside it; undefined: all share its passes. */
  readonly alone: Starts | undefined;
};

/**
 * Runs one start to its end, or to that of the time; one that a checkpoint knows goes on from there.
 *
 * @returns null where there was no time to measure a state
 */
export async function runStart(
  posed: Posed<unknown>,
  start: StartRun,
  { options, executor, ledger, pace }: StartsSetting,
): Promise<Outcome | null> {
  const measure = (info: StepInfo): ReturnType<typeof posed.measure> => posed.measure(info, start.data);
  const known = start.name === null ? undefined : ledger.find(start.name);
  const told = (run: RunRecord | null): Outcome | null =>
    run === null ? null : outcomeOf(run, { measure, maxIterations: start.maxIterations, isAsked: pace.isStopped() });
  const isDone = known !== undefined && isOver(known.step, start.maxIterations);
  if (isDone || (pace.left() <= 0 && !start.isNeeded)) return told(known ?? null);
  const trace: TracePoint[] = known === undefined ? [] : [...known.trace];
  const clock = performance.now() - 1000 * (trace.at(-1)?.seconds ?? 0);
  let record: RunRecord | null = known ?? null;
  const { signal, cut, release } = pace.signal(() => record !== null || !start.isNeeded);
  const { maxIterations, phase, restart, restarts } = start;
  const { tolerance, precision } = options;
  // What float32 cannot tell of a short run is not looked for.
  const limits = { maxIterations, tolerance, precision, finish: phase === 'fit', budgetMs: pace.left(), signal };
  const from: RunFrom = known === undefined ? start.begin() : { resume: known.step.next };
  const take = (step: Step): void => {
    const { iteration, info, status, message } = step;
    const point = { iteration, seconds: (performance.now() - clock) / 1000, ...measure(info) };
    trace.push(point);
    // A step that ended in NaN tells its status, and the last good state is what is kept.
    const isSound: boolean = record === null || !Number.isNaN(info.objective);
    const kept = isSound ? step : { ...record!.step, status, message };
    record = { trace, step: kept };
    if (start.name !== null) ledger.note(start.name, record);
    options.onStep?.({ phase, restart, restarts, ...point, status, info });
    if (pace.isStopped() && status === 'running') cut();
  };
  try {
    if (start.alone !== undefined) {
      const onSteps = (steps: readonly Step[]): void => steps.forEach(take);
      await start.alone.run(start.algorithm, start.data, { ...limits, ...from, onSteps });
    } else for await (const step of run(start.algorithm, start.data, { executor, ...limits, ...from })) take(step);
  } catch (error) {
    if (options.signal?.aborted || !pace.isStopped()) throw error;
  } finally {
    release();
  }
  return told(record);
}

/** Indices of starts, the best first; equal ones keep their order. */
export function orderOf({ better }: Pick<Posed<unknown>, 'better'>, outcomes: readonly Outcome[]): number[] {
  return Array.from(outcomes.keys()).sort((a, b) => better(outcomes[a]!, outcomes[b]!) || a - b);
}
