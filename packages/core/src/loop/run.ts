import { isHealthy } from '../base/tree.ts';
import type { AnyAlgorithm, Dataset, Executor, Precision, Status, StepInfo, Tree } from '../contracts/index.ts';
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

/** What is judged by: the step before. */
export type Memory = {
  /** NaN before the first step. */
  readonly objective: number;
  /** Of `objective`. */
  readonly precision: Precision;
};

type RunLimits = {
  readonly executor: Executor;
  /** Updates at most, those before a resumption included (default 1000). */
  readonly maxIterations?: number;
  /** Converged when the objective gains less than this per unit of row weight (nats; default 1e-8). */
  readonly tolerance?: number;
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
  readonly status: 'running' | Status;
  /** What the status means and what to try. */
  readonly message: string;
  /** From where the run goes on, also after its end, where limits were what ended it. */
  readonly next: Resumable<State>;
};

/** What each status tells the user. */
export const statusSentences: { readonly [S in 'running' | Status]: string } = {
  running: 'still running',
  converged: 'the objective stopped rising within the tolerance',
  stopped: 'the limit of iterations or time came first: raise maxIterations or the budget, or loosen the tolerance',
  diverged:
    'the objective fell or became NaN: lower the learning rate, use a prior, or run on the plain float64 backend',
  degenerate:
    'some components own no data or collapsed onto single rows: use fewer components, a prior, or other starts',
};

/**
 * A fall of the objective within this share of its terms is rounding: 1e-12 in float64 (measured worst 6e-16), 1e-5 in float32. Its terms
 * are at least of size 1 for each cell, however close to 0 they sum.
 */
const ROUNDING = { float64: 1e-12, float32: 1e-5 } as const;

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
  const { executor, maxIterations = 1000, tolerance = 1e-8, budgetMs = Number.POSITIVE_INFINITY, signal } = options;
  const deadline = performance.now() + budgetMs;
  let at = (options.resume ?? beginning(options.state, executor)) as Resumable<State>;
  for (;;) {
    const { iteration } = at;
    const made = await step<State, Info>(algorithm, data, { executor, signal, ...at });
    const gain = gainOver(at.memory, made.info);
    const limit = iteration >= maxIterations || performance.now() > deadline;
    const status = judge(algorithm, made, gain, {
      tolerance: tolerance * data.totalWeight,
      rounding:
        ROUNDING[made.info.precision] *
        Math.max(data.totalWeight * data.width, Math.abs(made.info.objective), made.info.magnitude ?? 0),
      limit,
    });
    const { objective, precision } = made.info;
    at = { iteration: iteration + 1, state: made.state, precision: made.precision, memory: { objective, precision } };
    const message = sentence(status, made.info);
    yield { iteration, state: made.from, info: made.info, gain, status, message, next: at };
    if (status !== 'running') return;
  }
}

function beginning(state: Tree, { precision }: Executor): Resumable {
  return { iteration: 0, state, precision, memory: { objective: Number.NaN, precision } };
}

/** NaN where there is nothing to compare with: in another precision the same objective has another rounding. */
function gainOver(before: Memory, { objective, precision, reset }: StepInfo): number {
  return reset || before.precision !== precision ? Number.NaN : objective - before.objective;
}

function judge(
  algorithm: AnyAlgorithm,
  { state, info }: { state: Tree; info: StepInfo },
  gain: number,
  { tolerance, rounding, limit }: { tolerance: number; rounding: number; limit: boolean },
): 'running' | Status {
  if (Number.isNaN(info.objective)) return 'diverged';
  if (info.status !== undefined) return info.status;
  if (algorithm.claims.objective === 'monotone') {
    // A component at its covariance floor, or without data, leaves the path on which the objective must rise.
    if (gain <= tolerance && info.degenerate?.length) return 'degenerate';
    // A fall that is less than the gain which would count for nothing counts for nothing.
    if (gain < -Math.max(rounding, tolerance)) return 'diverged';
    if (gain <= tolerance) return 'converged';
  }
  if (limit) return 'stopped';
  return isHealthy(state) ? 'running' : 'diverged';
}

function sentence(status: 'running' | Status, info: StepInfo): string {
  const which = info.degenerate?.length ? ` (components ${info.degenerate.join(', ')}, counted from 0)` : '';
  return statusSentences[status] + (status === 'degenerate' ? which : '');
}
