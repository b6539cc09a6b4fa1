import type { Coordinates, Family, Tree, WeightCoordinates, Weights } from '@mixtention/core';
import { fail } from '@mixtention/core/base';

/** The free coordinates of a mixture: those of its family, and of its weights. */
export type MixtureCoordinates = {
  readonly ofFamily: Coordinates<Tree, Tree>;
  readonly ofWeights: WeightCoordinates;
};

/**
 * The free coordinates that family and weights offer.
 *
 * @throws BAD_OPTION, naming the one that has none
 */
export function coordinatesOf(family: Family, weights: Weights): MixtureCoordinates {
  const { coordinates: ofFamily } = family;
  const { coordinates: ofWeights } = weights;
  if (ofFamily === undefined) return refuse(`family "${family.spec.name}"`);
  if (ofWeights === undefined) return refuse(`prior of weights "${weights.spec.name}"`);
  return { ofFamily, ofWeights };
}

function refuse(what: string): never {
  return fail('svi/gradient-mixture', 'BAD_OPTION', `the ${what} has no free coordinates to step in`);
}
