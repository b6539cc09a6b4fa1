import type { Backend } from '@mixtention/core';
import type { Row } from './rows.ts';

export type BackendSubject = {
  readonly backend: Backend;
  /** Cases of a property. */
  readonly runs: number;
};

export type BackendRow = Row<BackendSubject>;
