import type { AnyAlgorithm, Dataset, Executor, Key, Status, Tree } from '@mixtention/core';
import { run, type Step } from '@mixtention/core/loop';
import { generator, split } from '@mixtention/core/numeric';
import { sampleRows } from '../starts/sample-rows.ts';
import type { Problem } from './problem.ts';
import type { Progress, Restart, TracePoint } from './types.ts';

/** What one start came to, in user space but for the state. */
export type Outcome = Restart & {
  readonly trace: readonly TracePoint[];
  /** The last step whose objective was a number, and its end. */
  readonly step: Step;
};

export type RunSetting = {
  readonly algorithm: AnyAlgorithm;
  readonly data: Dataset;
  readonly executor: Executor;
  readonly maxIterations: number;
  readonly tolerance: number;
  readonly budgetMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Added to log-likelihoods of the fit's space to make them those of user space. */
  readonly shift: number;
  /** Short runs come before those that go to the end. */
  readonly phase?: Progress['phase'];
  readonly restart: number;
  readonly restarts: number;
  readonly onStep?: ((progress: Progress) => void) | undefined;
};

/** Runs one start to its end, keeping the trace. */
export async function runStart(begin: () => Tree, setting: RunSetting): Promise<Outcome> {
  const { algorithm, data, shift, phase = 'fit', restart, restarts, onStep } = setting;
  const clock = performance.now();
  const trace: TracePoint[] = [];
  let kept: Step | null = null;
  for await (const step of run(algorithm, data, { ...setting, state: begin() })) {
    const { iteration, info, status } = step;
    const seconds = (performance.now() - clock) / 1000;
    const point = { iteration, seconds, objective: info.objective + shift, logLikelihood: info.logLikelihood + shift };
    trace.push(point);
    // A step that ended in NaN tells its status, and the last good state is what is kept.
    const isSound: boolean = kept === null || !Number.isNaN(info.objective);
    kept = isSound ? step : { ...kept!, status, message: step.message };
    onStep?.({ phase, restart, restarts, ...point, status, info });
  }
  const { iteration, info, status } = kept!;
  const objective = info.objective + shift;
  return {
    status: status as Status,
    iterations: iteration,
    objective,
    logLikelihood: info.logLikelihood + shift,
    trace,
    step: kept!,
  };
}

/** The first state of a start: given values, or what the algorithm makes of a sample of the rows. */
export function firstState({ data, config, given, plan }: Problem, own: Key): Tree {
  if (given !== null) return plan.stateOf === undefined ? given : plan.stateOf(given, own);
  const random = generator(split(own, 'sample'));
  return plan.algorithm.init(own, sampleRows(data, { components: config.components, random })) as Tree;
}

/** Indices of starts, the best first: healthy ones before degenerate ones before diverged ones, then by objective; equal ones keep their order. */
export function byQuality(outcomes: readonly Outcome[]): number[] {
  const objective = (i: number): number => {
    const value = outcomes[i]!.objective;
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  const isSame = (a: number, b: number): boolean => objective(a) === objective(b);
  return Array.from(outcomes.keys()).sort(
    (a, b) => rank(outcomes[a]!) - rank(outcomes[b]!) || (isSame(a, b) ? a - b : objective(b) - objective(a)),
  );
}

/** Whether a start ended neither degenerate nor diverged. */
export function isHealthy(outcome: Outcome): boolean {
  return rank(outcome) === 0;
}

function rank({ status, step }: Outcome): number {
  if (status === 'diverged') return 2;
  return status === 'degenerate' || step.info.degenerate?.length ? 1 : 0;
}
