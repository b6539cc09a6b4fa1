import type { AnyAlgorithm, Dataset, Executor, Status, Tree } from '@mixtention/core';
import { run, type Step } from '@mixtention/core/loop';
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
  readonly restart: number;
  readonly restarts: number;
  readonly onStep?: ((progress: Progress) => void) | undefined;
};

/** Runs one start to its end, keeping the trace. */
export async function runStart(begin: () => Tree, setting: RunSetting): Promise<Outcome> {
  const { algorithm, data, shift, restart, restarts, onStep } = setting;
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
    onStep?.({ restart, restarts, ...point, status, info });
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

/** Index of the start to keep: a healthy one before a degenerate one before a diverged one, then the highest objective. */
export function bestOf(outcomes: readonly Outcome[]): number {
  let best = 0;
  for (let i = 1; i < outcomes.length; i++) if (isBetter(outcomes[i]!, outcomes[best]!)) best = i;
  return best;
}

function isBetter(a: Outcome, b: Outcome): boolean {
  if (rank(a) !== rank(b)) return rank(a) < rank(b);
  return a.objective > b.objective || (Number.isNaN(b.objective) && !Number.isNaN(a.objective));
}

function rank({ status, step }: Outcome): number {
  if (status === 'diverged') return 2;
  return status === 'degenerate' || step.info.degenerate?.length ? 1 : 0;
}
