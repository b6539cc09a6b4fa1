import type {
  AnyAlgorithm,
  Dataset,
  Executor,
  Key,
  PrecisionChoice,
  RunFrom,
  Standardize,
  StepInfo,
  Tree,
} from '@mixtention/core';
import type { Problem } from '@mixtention/core/plan';
import type { Ledger } from './ledger.ts';
import type { Account, Settled } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { Pace } from './pace.ts';
import type { Restart, Screening, TracePoint } from './progress.ts';
import type { PassSeconds } from './watch-passes.ts';

/**
 * What the driver fits: all that is particular to mixtures under EM, to their variational posteriors, to centres of k-means.
 *
 * The driver knows rows, starts, time and executors; a subject knows what the rows are fitted with.
 */
export type Subject<Result> = {
  /** For messages: `em/fit`. */
  readonly where: string;
  /** How the columns of rows of such a width are brought into the space of the fit. */
  columns(width: number): Standardize;
  /** What a pass over rows of such a width costs. */
  problem(shape: { readonly rows: number; readonly cols: number }): Problem;
  /** Poses the problem on prepared rows; refuses what cannot be fitted to them. */
  pose(data: Dataset, setting: PoseSetting): Posed<Result>;
};

export type PoseSetting = { readonly options: Settled; readonly executor: Executor };

/** A problem that is posed: nothing of it changes between starts. */
export type Posed<Result> = {
  readonly algorithm: AnyAlgorithm;
  /** The same over the rows of short runs, which may be others: their weight, minibatches that suit them; left out, it is that. */
  algorithmOver?(data: Dataset): AnyAlgorithm;
  /** What the first state is made of where it was given: then there is one start, and nothing to choose. */
  readonly given: Tree;
  /** Where a start begins: in a state, or in the one that whoever makes the run makes of the rows, by this key. */
  begin(key: Key): RunFrom;
  /** The state of a short run, which may have looked at other rows, as the first state of a long one; left out, it is that. */
  carry?(state: Tree, key: Key): Tree;
  /** Objective and log-likelihood of a step in the user's units, over the rows that it looked at: all, or those of short runs. */
  measure(info: StepInfo, data: Pick<Dataset, 'totalWeight'>): Pick<TracePoint, 'objective' | 'logLikelihood'>;
  /** Below 0 where the first of two starts is the better one, above 0 where the second is, 0 where neither is. */
  better(a: Outcome, b: Outcome): number;
  /** Whether a start that ended degenerate is worth another. */
  readonly isHopeful: boolean;
  report(course: Course): Result | Promise<Result>;
};

/** What all starts of a fit share. */
export type StartsSetting = PoseSetting & { readonly root: Key; readonly ledger: Ledger; readonly pace: Pace };

/** How a fit went. */
export type Course = {
  readonly data: Dataset;
  readonly executor: Executor;
  /** What was asked for, and what the best run began and ended in; a pass that measures its outcome is made in what it began in. */
  readonly precision: Account['precision'] & { readonly asked: PrecisionChoice };
  readonly signal?: AbortSignal | undefined;
  /** Whether the caller chose the executor. */
  readonly isOwnExecutor: boolean;
  /** Of the starts that were run to the end. */
  readonly outcomes: readonly Outcome[];
  /** Which of them is the best. */
  readonly best: number;
  readonly screening: Screening | null;
  readonly seconds: number;
  readonly passSeconds: PassSeconds;
};

/**
 * How the starts ended, in short.
 *
 * @example
 * const outcome = { status: 'converged', iterations: 12, objective: -1130.26, logLikelihood: -1130.26 };
 * restartsOf({ outcomes: [outcome] })[0].iterations; // 12
 */
export function restartsOf({ outcomes }: Course): readonly Restart[] {
  return outcomes.map(({ status, iterations, objective, logLikelihood }) => ({
    status,
    iterations,
    objective,
    logLikelihood,
  }));
}
