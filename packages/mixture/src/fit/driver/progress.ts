import type { Status, StepInfo } from '@mixtention/core';

/** What `onStep` is told; log-likelihood and objective are in user space. */
export type Progress = {
  /** `screen` in short runs, `fit` in those that go to the end. */
  readonly phase: 'screen' | 'fit';
  /** Which start of the phase, from 0. */
  readonly restart: number;
  readonly restarts: number;
  readonly iteration: number;
  readonly objective: number;
  readonly logLikelihood: number;
  /** Since this start began. */
  readonly seconds: number;
  readonly status: 'running' | Status;
  /** What the algorithm tells of this step. */
  readonly info: StepInfo;
};

export type TracePoint = {
  readonly iteration: number;
  /** Since the start began. */
  readonly seconds: number;
  readonly objective: number;
  readonly logLikelihood: number;
};

/** How one of the starts ended. */
export type Restart = {
  readonly status: Status;
  readonly iterations: number;
  readonly objective: number;
  readonly logLikelihood: number;
};

/** What short runs were made on, and which of them go on. */
export type Screening = {
  /** Short runs. */
  readonly starts: number;
  /** Rows that they looked at. */
  readonly rows: number;
  /** Passes over those rows that they made, all together. */
  readonly passes: number;
  /** Indices of those that were run to the end, the best first; a start that ended degenerate is followed by the next one. */
  readonly kept: readonly number[];
};
