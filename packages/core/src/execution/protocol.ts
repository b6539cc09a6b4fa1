import type { BackendName, Dataset, Spec, Tree } from '../types.ts';

/** What a worker is asked: one shard under one state. Names and shared memory only. */
export type Task = {
  readonly backend: BackendName;
  readonly spec: Spec;
  /** URL of the module that holds the algorithm, resolved by the main thread */
  readonly module: string;
  /** Differs with every state, so that a worker decodes and uploads each state once, not once a shard. */
  readonly version: number;
  readonly state: Tree;
  readonly data: Dataset;
  readonly shard: number;
  /** Becomes 1 when the run is cancelled; read between tiles. */
  readonly flag: Int32Array;
  /** Shared memory of an earlier answer, free to be written; null on the first tasks. */
  readonly into: Tree;
};

/** What it answers, in shared memory. Errors are values: a promise that rejects means that the worker was lost. */
export type Answer =
  | { readonly stats: Tree }
  | { readonly error: { readonly code: string; readonly message: string; readonly stack: string } };
