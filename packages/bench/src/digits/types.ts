import type { Matrix } from '@mixtention/core';

/** Binary images of digits, one a row of 28 × 28 pixels. */
export type Digits = {
  readonly name: string;
  /** True for the standard static binarisation, whose log-likelihoods compare with published ones. */
  readonly isStandard: boolean;
  readonly train: Matrix;
  readonly test: Matrix;
};
