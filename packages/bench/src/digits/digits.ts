import type { Matrix } from '@mixtention/core';
import { packagedDigits } from './packaged-digits.ts';
import { standardDigits } from './standard-digits.ts';

/** Binary images of digits, one a row of 28 × 28 pixels. */
export type Digits = {
  readonly name: string;
  /** True for the standard static binarisation, whose log-likelihoods compare with published ones. */
  readonly isStandard: boolean;
  readonly train: Matrix;
  readonly test: Matrix;
};

/** The standard files of the folder in `MIXTENTION_DATA` where they are, else the digits that come with the repository's packages. */
export async function loadDigits(folder: string | undefined = process.env.MIXTENTION_DATA): Promise<Digits> {
  return (await standardDigits(folder)) ?? packagedDigits();
}
