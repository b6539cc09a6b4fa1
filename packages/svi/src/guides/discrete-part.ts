import { fail } from '@mixtention/core/base';
import { categorical, type Distribution } from '../distributions/index.ts';
import { numberOf, type Value } from '../graph/index.ts';
import type { Coordinates } from '../model/index.ts';
import type { GuideTools } from './guide-types.ts';

/** Most values of a discrete latent that a guide gives a logit each. */
const MOST = 1000;

/**
 * The guide of a discrete latent: each number of it independent, with a logit for each of its values.
 *
 * @throws BAD_MODEL for a latent without a known largest value
 */
export function discretePart({ name, distribution, shape }: Coordinates, parameter: GuideTools['parameter']): Value {
  const { support } = distribution;
  const upper = support.kind === 'whole' && support.upper !== null ? numberOf(support.upper) : undefined;
  if (upper === undefined || upper >= MOST)
    return fail(
      'svi/autoNormal',
      'BAD_MODEL',
      `site "${name}" of ${distribution.name} has no largest value below ${MOST}: no guide is known for it; sum it out`,
    );
  const kinds = upper + 1;
  const size = shape.reduce((a, b) => a * b, 1);
  return parameter(`${name}.logits`, new Float64Array(size * kinds), [...shape, kinds]);
}

export const guideOf = (logits: Value): Distribution => categorical({ logits });
