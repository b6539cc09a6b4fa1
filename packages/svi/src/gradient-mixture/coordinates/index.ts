import { fail } from '@mixtention/core/base';
import { bernoulliLogits } from './bernoulli.ts';
import type { Coordinates } from './coordinates.ts';
import { gaussianDiagonalFactors } from './gaussian-diagonal.ts';
import { gaussianFullFactors } from './gaussian-full.ts';
import { gaussianSphericalFactors } from './gaussian-spherical.ts';
import { gaussianTiedFactor } from './gaussian-tied.ts';

/** Free coordinates by the name of their family. */
const byFamily: { readonly [family: string]: Coordinates } = {
  bernoulli: bernoulliLogits,
  'gaussian-diagonal': gaussianDiagonalFactors,
  'gaussian-full': gaussianFullFactors,
  'gaussian-spherical': gaussianSphericalFactors,
  'gaussian-tied': gaussianTiedFactor,
};

/** The free coordinates of a family. */
export function coordinatesOf(family: string): Coordinates {
  if (Object.hasOwn(byFamily, family)) return byFamily[family]!;
  const known = Object.keys(byFamily).join(', ');
  return fail(
    'svi/gradient-mixture',
    'BAD_OPTION',
    `the family "${family}" has no free coordinates to step in; known are ${known}`,
  );
}
