import type { Precision } from '@mixtention/core';
import type { Case } from './cases.ts';

/** What all sides do in one race. */
export type Problem = {
  readonly id: string /** How far values may lie apart, where it is not rounding alone. */;
  readonly within?: number;
};

/** Whoever does EM iterations, or other problems, in one precision, on `THREADS` threads. */
export type Side<One extends Problem = Case> = {
  readonly name: string;
  readonly precision: Precision;
  /** Whether it takes part in a case. */
  solves(one: One): boolean;
  /** The log-likelihood a row, nats, after one iteration from the common start, or another number that says that it computes the same. */
  check(one: One): Promise<number>;
  /** Seconds of one iteration from that start. */
  iterate(one: One): Promise<number>;
};
