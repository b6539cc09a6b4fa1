import type { Backend, Executor } from '@mixtention/core';
import type { JobOptions } from './job-options.ts';
import type { Reporter } from './reporter.ts';

/** What every stage works with. */
export type Job = {
  /** Worker threads on the best backend. */
  readonly executor: Executor;
  /** The same backend in this thread. */
  readonly backend: Backend;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly options: JobOptions;
};
