import type { Status, StepInfo } from './algorithm.ts';
import type { Key, Tree } from './data.ts';
import type { Precision, PrecisionChoice } from './precision.ts';

/** Where a run begins. */
export type RunFrom = Begun | First | Resumed;

/** A run from a state of its own. */
type Begun = { readonly state: Tree; readonly first?: undefined; readonly resume?: undefined };

/** A run from the algorithm's own first state, which whoever makes the run makes of the rows: it need not travel. */
type First = { readonly first: StartOf; readonly state?: undefined; readonly resume?: undefined };

/** What a first state is made of, beside the rows: the start's own key, and K, by which the rows are told that it looks at. */
export type StartOf = { readonly key: Key; readonly components: number };

/** A run that goes on where another one was, its iterations counted on. */
type Resumed = { readonly resume: Resumable; readonly state?: undefined; readonly first?: undefined };

/** What a run remembers of its steps, to judge the next one by; plain data. */
export type Memory = {
  /** Of the last steps that may be compared: all in one precision, none before a reset. */
  readonly objectives: readonly number[];
  /** Of `objectives`. */
  readonly precision: Precision;
  /** What the last of `objectives` is the sum of, where the algorithm says so. */
  readonly boundTerms?: { readonly [term: string]: number };
  /** For so many steps in a row no more than the tolerance was left to gain. */
  readonly within: number;
  /** Whether gains have sunk into the rounding of float32, so that the run goes on in float64. */
  readonly isFinishing: boolean;
};

/** Between two steps: all that a run remembers, as plain data. A run that goes on from it has the bits of one that never stopped. */
export type Resumable<State = Tree> = {
  /** Updates so far. */
  readonly iteration: number;
  /** What the next pass looks at. */
  readonly state: State;
  readonly precision: Precision;
  readonly memory: Memory;
};

/** When a run ends. */
export type RunLimits = {
  /** Updates at most, those before a resumption included (default 1000). */
  readonly maxIterations?: number;
  /** Converged when no more than this is left to gain per unit of row weight (nats; default `TOLERANCE`); 0 until float64 shows no gain. */
  readonly tolerance?: number;
  /** Whether a run whose gains sink into the rounding of float32 may go on in float64 (default true). */
  readonly finish?: boolean;
  /**
   * Of all passes (default `auto`). In `float32` a run ends `stopped` where its gains sink into rounding, and at the first state that float32 is too coarse for, which one pass
   * in float64 measures. A run never ends converged by gains in float32.
   */
  readonly precision?: PrecisionChoice | undefined;
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
