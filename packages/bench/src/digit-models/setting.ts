import type { Backend, Matrix } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import type { Reporter } from '../main-job/reporter.ts';
import type { Halves } from './halves.ts';

/** What every model works with. */
export type Setting = {
  readonly train: Matrix;
  readonly valid: Matrix;
  readonly test: Matrix;
  /** Halves of some validation images, by which scales are chosen, and of all test images, which have no say */
  readonly chosenOn: Halves;
  readonly scoredOn: Halves;
  readonly backend: Backend;
  /** What trains: tfjs with a backend set */
  readonly tf: Tf;
  /** Where checkpoints and results of single models lie */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
};
