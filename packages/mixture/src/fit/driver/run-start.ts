import type { Dataset, Executor, Status, Tree } from '@mixtention/core';
import { run, type Step } from '@mixtention/core/loop';
import type { Progress, Settled, TracePoint } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { Posed } from './subject.ts';

export type StartSetting = Pick<Settled, 'maxIterations' | 'tolerance' | 'budgetMs' | 'signal' | 'onStep'> & {
  readonly data: Dataset;
  readonly executor: Executor;
  /** See `RunOptions`. */
  readonly finish?: boolean;
} & Pick<Progress, 'phase' | 'restart' | 'restarts'>;

type Starting = Pick<Posed<unknown>, 'algorithm' | 'measure'> & { readonly state: Tree };

/** Runs one start to its end, keeping the trace. */
export async function runStart({ algorithm, measure, state }: Starting, setting: StartSetting): Promise<Outcome> {
  const { data, phase, restart, restarts, onStep } = setting;
  const clock = performance.now();
  const trace: TracePoint[] = [];
  let kept: Step | null = null;
  for await (const step of run(algorithm, data, { ...setting, state })) {
    const { iteration, info, status } = step;
    const point = { iteration, seconds: (performance.now() - clock) / 1000, ...measure(info) };
    trace.push(point);
    // A step that ended in NaN tells its status, and the last good state is what is kept.
    const isSound: boolean = kept === null || !Number.isNaN(info.objective);
    kept = isSound ? step : { ...kept!, status, message: step.message };
    onStep?.({ phase, restart, restarts, ...point, status, info });
  }
  const { iteration, info, status } = kept!;
  return { status: status as Status, iterations: iteration, ...measure(info), trace, step: kept! };
}

/** Indices of starts, the best first; equal ones keep their order. */
export function orderOf({ better }: Pick<Posed<unknown>, 'better'>, outcomes: readonly Outcome[]): number[] {
  return Array.from(outcomes.keys()).sort((a, b) => better(outcomes[a]!, outcomes[b]!) || a - b);
}
