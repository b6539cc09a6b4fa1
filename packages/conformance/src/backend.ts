import type { Backend } from '@mixtention/core';
import { agreementRows } from './backend-agreement.ts';
import { backwardRows } from './backend-backward.ts';
import { manyRows } from './backend-many-components.ts';
import { maskRows } from './backend-masks.ts';
import { positionRows } from './backend-positions.ts';
import { memoryRow, resourceRows } from './backend-resources.ts';
import type { BackendSubject } from './backend-subject.ts';
import { termRows } from './backend-terms.ts';
import { tileRows } from './backend-tiles.ts';
import { weightRows } from './backend-weights.ts';
import { declareRows, type Skip } from './rows.ts';

export type BackendSuiteOptions = {
  readonly skips?: readonly Skip[];
  /** Cases of each property; 200 unless given. */
  readonly runs?: number;
  /** Lists of terms: `all` of one to three kinds, or `pairs`, a fifth of the calls; pairs unless given. */
  readonly combinations?: 'all' | 'pairs';
  /** Source of an ES module that defines `backend`: with it, peak memory is measured in a process of its own. */
  readonly inChild?: string;
};

/**
 * The suite that every backend meets: agreement with the naive kernel in float64, weights and masks, cancellation, leaks, memory.
 *
 * @param name         for the report
 * @param makeBackend  called once, when the first test runs
 *
 * @example
 * testBackend('plain', () => plain);
 */
export function testBackend(
  name: string,
  makeBackend: () => Backend | Promise<Backend>,
  options: BackendSuiteOptions = {},
): void {
  const { skips = [], runs = 200, combinations = 'pairs', inChild } = options;
  const make = async (): Promise<BackendSubject> => ({ backend: await makeBackend(), runs, combinations });
  const rows = [
    ...agreementRows,
    ...weightRows,
    ...maskRows,
    ...termRows,
    ...tileRows,
    ...manyRows,
    ...positionRows,
    ...backwardRows,
    ...resourceRows,
    ...(inChild === undefined ? [] : [memoryRow(inChild)]),
  ];
  declareRows(`backend ${name}`, rows, make, { skips });
}
