import type { ConjugateFamily, Family } from '../contracts/family.ts';
import { fail } from './errors.ts';

/**
 * The conjugate prior of a family, for whoever cannot do without.
 *
 * @param where  for the message: `em/fit`
 * @throws BAD_OPTION where the family has none
 *
 * @example
 * priorOf(gaussianFull, 'em/fit') === gaussianFull.prior; // true
 */
export function priorOf(family: Family, where: string): ConjugateFamily['prior'] {
  const { prior, spec } = family;
  if (prior !== undefined) return prior;
  return fail(
    where,
    'BAD_OPTION',
    `the family ${spec.name} has no prior; fit it with prior "none", or take a family that has one`,
  );
}
