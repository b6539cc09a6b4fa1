import type { AnyAlgorithm, Dataset, Executor, Precision, Status, StepInfo, Tree } from '../contracts/index.ts';
import { judge, type Verdict } from './judge.ts';
import { costOf, lastGain, type Memory, noMemory, remember, workOf } from './memory.ts';
import { roundingOf } from './rounding.ts';
import { step } from './step.ts';

export type RunOptions = RunLimits & (Begun | Resumed);

/** A run from a state of its own. */
type Begun = { readonly state: Tree; readonly resume?: undefined };

/** A run that goes on where another one was, its iterations counted on. */
type Resumed = { readonly resume: Resumable; readonly state?: undefined };

/** Between two steps: all that a run remembers, as plain data. A run that goes on from it has the bits of one that never stopped. */
export type Resumable<State = Tree> = {
  /** Updates so far. */
  readonly iteration: number;
  /** What the next pass looks at. */
  readonly state: State;
  readonly precision: Precision;
  readonly memory: Memory;
};

type RunLimits = {
  readonly executor: Executor;
  /** Updates at most, those before a resumption included (default 1000). */
  readonly maxIterations?: number;
  /** Converged when no more than this is left to gain per unit of row weight (nats; default `TOLERANCE`); 0 until float64 shows no gain. */
  readonly tolerance?: number;
  /** Whether a run whose gains sink into the rounding of float32 may go on in float64 (default true). */
  readonly finish?: boolean;
  /** Stops after this much time, with status `stopped`. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal | undefined;
};

/** One step of a run: `info` and `status` speak of `state`; `iteration` counts the updates that made it. */
export type Step<State = Tree, Info extends StepInfo = StepInfo> = {
  readonly iteration: number;
  readonly state: State;
  readonly info: Info;
  /** Gain of the objective over the step before (total, nats); NaN on the first, and where the precision changed. */
  readonly gain: number;
  /** What is left to gain per unit of row weight (nats), estimated; Infinity where that cannot be told yet. Rough in float32, which no run converges by. */
  readonly remainingGain: number;
  /** By which factor a gain follows another, near the end; NaN where that cannot be told yet. */
  readonly rate: number;
  readonly status: 'running' | Status;
  /** What the status means and what to try. */
  readonly message: string;
  /** From where the run goes on, also after its end, where limits were what ended it. */
  readonly next: Resumable<State>;
};

/** What a run leaves to gain a row (nats), by default: the digits that are printed have settled. */
export const TOLERANCE = 1e-7;

/**
 * The one loop. Yields every state together with the objective that was measured on it; fits, progress bars, cancellation, budgets and
 * checkpoints are all consumers of it. The last step carries the status.
 *
 * A run of M iterations makes M updates and M + 1 passes over the data, so the state it ends with is a measured one.
 *
 * @param algorithm  init / collect / update
 * @param data       rows in (shared) memory
 * @throws ABORTED when the signal fires; nothing else is thrown for numerical reasons: those are statuses
 *
 * @example
 * const algorithm = batch({ family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6 });
 * const state = algorithm.init(key(0), faithful());
 * const steps = run(algorithm, dataset(faithful()), { executor: inline(), state });
 * for await (const { iteration, info, status } of steps) console.log(iteration, info.objective, status);
 */
export async function* run<State extends Tree = Tree, Info extends StepInfo = StepInfo>(
  algorithm: AnyAlgorithm,
  data: Dataset,
  options: RunOptions,
): AsyncGenerator<Step<State, Info>, void, void> {
  const { executor, maxIterations = 1000, tolerance = TOLERANCE, finish = true, signal } = options;
  const deadline = performance.now() + (options.budgetMs ?? Number.POSITIVE_INFINITY);
  let at = (options.resume ?? beginning(options.state, executor)) as Resumable<State>;
  for (;;) {
    const { iteration } = at;
    const made = await step<State, Info>(algorithm, data, { executor, signal, ...at });
    const { from, state, info } = made;
    const work = workOf(info, data);
    const memory = remember(at.memory, info, costOf(work, info.precision, executor.backend));
    const verdict = judge(
      algorithm,
      { from, state, info, memory },
      {
        tolerance: tolerance * data.totalWeight,
        rounding: roundingOf(info, data),
        isOver: iteration >= maxIterations || performance.now() > deadline,
        work,
        backend: executor.backend,
        finish,
        weight: data.totalWeight,
      },
    );
    const precision = verdict.memory.finishing === null ? made.precision : 'float64';
    at = { iteration: iteration + 1, state, precision, memory: verdict.memory };
    yield {
      iteration,
      state: from,
      info,
      gain: lastGain(memory),
      remainingGain: verdict.outlook.gain / data.totalWeight,
      rate: verdict.outlook.rate,
      status: verdict.status,
      message: sentence(verdict, info),
      next: at,
    };
    if (verdict.status !== 'running') return;
  }
}

function beginning(state: Tree, { precision }: Executor): Resumable {
  return { iteration: 0, state, precision, memory: noMemory(precision) };
}

function sentence({ status, message }: Verdict, { degenerate = [] }: StepInfo): string {
  return status === 'degenerate' && degenerate.length > 0
    ? `${message} (components ${degenerate.join(', ')}, counted from 0)`
    : message;
}
