import type { Matrix } from '@mixtention/core';
import { dataFolder } from './data-folder.ts';
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

/**
 * The standard files where they are, in the folder that `MIXTENTION_DATA` names or where `npm run data:download` put them; else the digits
 * that come with the repository's packages.
 */
export async function loadDigits(named: string | undefined = process.env.MIXTENTION_DATA): Promise<Digits> {
  const isNamed = named !== undefined && named !== '';
  for (const folder of [...(isNamed ? [named] : []), dataFolder()]) {
    const digits = await standardDigits(folder);
    if (digits !== null) return digits;
  }
  const digits = await packagedDigits();
  if (!isNamed) return digits;
  return { ...digits, name: `${digits.name}; MIXTENTION_DATA names a folder without the standard files` };
}
