import type { Cancellation } from './backend.ts';
import type { Key, Matrix, Tree } from './data.ts';
import type { Dataset } from './dataset.ts';
import type { BackendName, Precision } from './precision.ts';
import type { Shard } from './shard.ts';
import type { Spec } from './spec.ts';

/** Whether the objective rises with every step, or only on average. */
export type Claims = { readonly objective: 'monotone' | 'noisy' };

/**
 * An algorithm: a plain object from a factory closing over plain config.
 * One step = `collect` on every shard, add in shard order, `update` once.
 */
export interface Algorithm<State extends Tree, Stats extends Tree, Info extends StepInfo> {
  readonly spec: Spec;
  readonly claims: Claims;
  /** The first state, from a bounded sample of rows in the space of the fit. */
  init(key: Key, sample: Matrix): State;
  /**
   * Pure; any shard, any machine. The sum over shards of its numbers and arrays is what `update` gets; all else must be equal on all shards.
   * An entry `precision` names what they were computed in, where `update` needs to know.
   */
  collect(state: State, shard: Shard, cancel?: Cancellation): Stats;
  /** Pure; `info` speaks of the state that came in, `state` is the one that goes out. */
  update(state: State, stats: Stats): { readonly state: State; readonly info: Info };
}

/** What every step tells, at least. */
export type StepInfo = {
  /** What the algorithm raises (total, nats): log-likelihood, log posterior or bound. */
  readonly objective: number;
  /** Log-likelihood of the data in the space of the fit (total, nats), where the step knows it. */
  readonly logLikelihood: number;
  /** `Σₙ wₙ log maxₖ r_nk`, where the step knows it: the classification part of ICL. */
  readonly logMaxResponsibility?: number;
  /** Size of the terms that the objective is a difference of, where they cancel: rounding is judged against it. */
  readonly magnitude?: number;
  /** What the objective was computed in, where that may change on the way: objectives of two precisions are not compared. */
  readonly precision?: Precision;
  /** Why the algorithm itself wants to stop, if it does. */
  readonly status?: 'converged' | 'diverged' | 'degenerate';
  readonly degenerate?: readonly number[];
};

// biome-ignore lint/suspicious/noExplicitAny: executors and loops handle algorithms of any state
export type AnyAlgorithm = Algorithm<any, any, any>;

/** Maps an algorithm over the shards of a data set and returns the sum, in shard order, in float64. */
export interface Executor {
  readonly backend: BackendName;
  readonly precision: Precision;
  readonly workers: number;
  collect(
    algorithm: AnyAlgorithm,
    state: Tree,
    dataset: Dataset,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Tree>;
  close(): Promise<void>;
}

/** How a run ended. */
export type Status = 'converged' | 'stopped' | 'diverged' | 'degenerate';
