import type { AnyAlgorithm, Ask, Collected } from './algorithm.ts';
import type { Dataset } from './dataset.ts';
import type { BackendName, Precision } from './precision.ts';
import type { RunFrom, RunLimits, Step } from './run.ts';

export type PassOptions = {
  /** `float64`: the pass is made in float64, over the same rows. By default that of the backend; what is asked for comes first. */
  readonly precision?: Precision | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** A run that an executor makes by itself. */
export type StartOptions = RunLimits &
  RunFrom & {
    /** Is told of steps in their order, some at a time; from the last one's `next` the run goes on where its worker is lost. */
    readonly onSteps: (steps: readonly Step[]) => void;
  };

/** Starts made side by side, each whole on a worker of its own. */
export interface Starts {
  /** How many over these data are best run so, from 1; 1: one after the other, and workers share its passes. */
  atOnce(dataset: Dataset): number;
  /** Other fits use the workers at the same time: then a start that has no others beside it is made whole by one of them, too. */
  readonly isShared?: boolean;
  /**
   * Makes a whole run, with the bits that `run` of `core/loop` has on this executor; as many at a time as `atOnce` says.
   *
   * @throws what `collect` throws
   */
  run(algorithm: AnyAlgorithm, dataset: Dataset, options: StartOptions): Promise<void>;
}

/**
 * Maps an algorithm over the rows that are asked for, and adds in their order, in float64.
 *
 * What an executor is made of is public: `partsAsked`, `collectPart` and `backendIn` of `core/loop`, `addTrees` of `core/base`, `openShard` of
 * `core/data`, and on Node `locate`, `importModules` and `loadBackend` of `core/threads`. `testExecutor` of `conformance` holds it to the bits of `inline`.
 */
export interface Executor {
  readonly backend: BackendName;
  /** Of the backend, and of what makes its passes in float64: on another one the same fit has other last bits. */
  readonly kernel?: string | undefined;
  /** Of the backend: what passes are made in, unless more is asked for. */
  readonly precision: Precision;
  readonly workers: number;
  /**
   * May be called while other calls are under way. A signal that fires makes it reject at once; what workers are at is told them by a flag that they read
   * between tiles, where they share memory. Workers that do not, on other machines, may go on to the end of a shard: what they answer then is dropped. The sum, and the parts, belong to the caller.
   *
   * @throws BAD_OPTION for rows that there are not, and once it is closed; ABORTED when the signal has fired, or where it is closed meanwhile; TASK
   * with the shard for what goes wrong in `collect`, whose own error is the cause; a `MixtentionError` thrown there as it is; WORKER_LOST with the
   * shard that costs one worker after another
   */
  collect(algorithm: AnyAlgorithm, ask: Ask, dataset: Dataset, options?: PassOptions): Promise<Collected>;
  /** Left out, starts come one after the other, and the passes of each are made by `collect`. */
  readonly starts?: Starts;
  /** May be called any number of times; resolves when nothing is left running. */
  close(): Promise<void>;
}
