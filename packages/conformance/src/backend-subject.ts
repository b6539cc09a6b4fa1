import type { Backend } from '@mixtention/core';
import type { Row } from './rows.ts';

export type BackendSubject = {
  readonly backend: Backend;
  /** Cases of a property. */
  readonly runs: number;
  /** Sums of terms: all lists of one to three kinds, or all pairs, with a third that changes from pair to pair. */
  readonly combinations: 'all' | 'pairs';
};

export type BackendRow = Row<BackendSubject>;
