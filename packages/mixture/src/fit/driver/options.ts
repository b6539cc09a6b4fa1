import type {
  BackendName,
  Dataset,
  Executor,
  MatrixLike,
  Precision,
  PrecisionChoice,
  Source,
  Status,
} from '@mixtention/core';
import type { Checkpoint } from './checkpoint.ts';
import { fitDefaults } from './defaults.ts';
import type { Progress, Restart, Screening } from './progress.ts';
import type { PassSeconds } from './watch-passes.ts';

/** What fits take: rows, a source that reads them where they are used, or a data set that several fits share. */
export type FitInput = MatrixLike | Source | Dataset;

/** Options of every fit, whatever is fitted. */
export type DriverOptions = {
  /** K */
  readonly components: number;
  /**
   * Starts that are tried by short runs (default 10), on a sample where the table is large; the best `restarts` of them are run to the end, and where they end
   * degenerate the next ones. What is no
   * more than `restarts`, as 0, makes no short runs: then `restarts` independent starts are run to the end.
   */
  readonly screen?: number;
  /** Starts that are run to the end, of which the best is kept (default 1). */
  readonly restarts?: number;
  /** Whole number; the same seed gives the same result (default 0). */
  readonly seed?: number;
  /** Updates at most, per start (default 1000). */
  readonly maxIterations?: number;
  /** Converged when no more than this is left to gain per unit of row weight, estimated from gains in float64 (nats; default 1e-7). */
  readonly tolerance?: number;
  /**
   * Of the passes: `auto` (default) begins in that of the executor and ends in float64; `float64` is float64 throughout; `float32`, which the executor must have, never goes on in
   * float64: the fit ends `stopped` where float32 shows no gain any more or is too coarse, and `certificate` says what is left, roughly. Part of what a checkpoint is held to.
   */
  readonly precision?: PrecisionChoice;
  /** w `[N]`, ≥ 0: 0 is a row removed, an integer a row repeated. */
  readonly weights?: ArrayLike<number>;
  /** Where the work runs (default `inline()`, which the fit closes itself). */
  readonly executor?: Executor;
  /** Rows per shard; part of the arithmetic, so of the last bits. */
  readonly shardRows?: number;
  /** Ends the fit with ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** No new step after this much time, over all starts; the best so far is returned with status `stopped`. */
  readonly budgetMs?: number;
  /** Called after every step. */
  readonly onStep?: (progress: Progress) => void;
  /** Ends the fit with the best model so far and status `stopped`; where none has been measured yet, after the first pass. */
  readonly stopSignal?: AbortSignal | undefined;
  /**
   * Is handed all that another process needs to go on with this fit, every `checkpointEveryMs` and at the end; plain data, which `encodeCheckpoint` makes a text
   * of. While it is busy the fit goes on; what it throws, the fit throws at its end.
   */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>;
  /** Milliseconds between two checkpoints (default 30,000); 0: after every step. */
  readonly checkpointEveryMs?: number;
  /** Goes on from a checkpoint of this very fit: same rows, options and backend; the result has the bits of a fit that was never interrupted. */
  readonly resume?: Checkpoint;
  /** Goes on from a checkpoint of another backend, whose last bits are others. */
  readonly force?: boolean;
};

/** Names of the options that every fit has. */
export const driverOptions: readonly (keyof DriverOptions)[] = [
  'components',
  'screen',
  'restarts',
  'seed',
  'maxIterations',
  'tolerance',
  'precision',
  'weights',
  'executor',
  'shardRows',
  'signal',
  'budgetMs',
  'onStep',
  'stopSignal',
  'onCheckpoint',
  'checkpointEveryMs',
  'resume',
  'force',
];

/** What a fit tells of itself, whatever was fitted. */
export type Account = {
  readonly status: Status;
  /** What the status means and what to try. */
  readonly message: string;
  readonly converged: boolean;
  readonly iterations: number;
  /** Fitting alone: starts and iterations of all restarts, without checking and copying the data. */
  readonly seconds: number;
  /** Of a pass over all rows, on average: what `plan` of `core/plan` predicts by its stored rates, and what it took; NaN where workers made starts alone. */
  readonly passSeconds: PassSeconds;
  readonly restarts: readonly Restart[];
  /** What short runs chose, where there were any. */
  readonly screening: Screening | null;
  /** Which of `restarts` was kept. */
  readonly best: number;
  /** Components (in the order of the model) that own no data or whose covariance is at the floor. */
  readonly degenerate: readonly number[];
  readonly rows: number;
  /** Σ w */
  readonly weight: number;
  readonly backend: BackendName;
  readonly workers: number;
  /** What the passes of the start that was kept began in, and what the last of them was made in. */
  readonly precision: { readonly began: Precision; readonly ended: Precision };
};

/** Options as they are used: read once, before anything else, with every default filled in. */
export type Settled = Required<Pick<DriverOptions, Numeric | 'precision' | 'force'>> & Pick<DriverOptions, Handed>;

type Numeric =
  | 'components'
  | 'screen'
  | 'restarts'
  | 'seed'
  | 'maxIterations'
  | 'tolerance'
  | 'budgetMs'
  | 'checkpointEveryMs';

type Handed = 'weights' | 'executor' | 'shardRows' | 'signal' | 'stopSignal' | 'onStep' | 'onCheckpoint' | 'resume';

/** Defaults that differ from those of other fits. */
export type OwnDefaults = Partial<Pick<Settled, 'screen' | 'maxIterations' | 'tolerance'>>;

/**
 * Checked options with every default filled in; what the caller does with its object afterwards changes nothing.
 *
 * @example
 * const { components, restarts, tolerance } = settle({ components: 2, restarts: 5 }, { tolerance: 1e-9 });
 * [components, restarts, tolerance]; // [2, 5, 1e-9]
 */
export function settle(options: DriverOptions, own: OwnDefaults = {}): Settled {
  const { weights, executor, shardRows, signal, stopSignal, onStep, onCheckpoint, resume, ...values } = options;
  const all = { ...fitDefaults, ...own, ...given(values) };
  const {
    components,
    screen,
    restarts,
    seed,
    maxIterations,
    tolerance,
    precision,
    budgetMs,
    checkpointEveryMs,
    force,
  } = all;
  return {
    components,
    screen,
    restarts,
    seed,
    maxIterations,
    tolerance,
    precision,
    budgetMs,
    checkpointEveryMs,
    force,
    ...given({ weights, executor, shardRows, signal, stopSignal, onStep, onCheckpoint, resume }),
  };
}

/** What was said: an option that is undefined was not given. */
function given<Options extends object>(options: Options): { [O in keyof Options]: Exclude<Options[O], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [O in keyof Options]: Exclude<Options[O], undefined> };
}
