import type { Precision } from '@mixtention/core';
import type { Case } from './cases.ts';

/** Whoever does EM iterations in one precision, on `THREADS` threads. */
export type Side = {
  readonly name: string;
  readonly precision: Precision;
  /** Whether it takes part in a case. */
  solves(one: Case): boolean;
  /** The log-likelihood a row, nats, after one iteration from the common start: what says that it computes the same. */
  check(one: Case): Promise<number>;
  /** Seconds of one iteration from that start. */
  iterate(one: Case): Promise<number>;
};
