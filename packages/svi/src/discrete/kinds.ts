import { fail } from '@mixtention/core/base';
import type { Distribution } from '../distributions/index.ts';
import { broadcastTo, constant, numberOf, type Shape, type Value } from '../graph/index.ts';

/** Most values of a discrete latent that a guide gives a logit each, and that are enumerated. */
export const MOST = 1000;

/**
 * How many values each number of a discrete latent may have.
 *
 * @throws BAD_MODEL for a latent without a known largest value
 */
export function kindsOf(name: string, { name: family, support, event }: Distribution): number {
  if (support.kind === 'oneHot') return event[0]!;
  const upper = support.kind === 'whole' && support.upper !== null ? numberOf(support.upper) : undefined;
  if (upper === undefined || upper >= MOST)
    return fail(
      'svi/guide',
      'BAD_MODEL',
      `site "${name}" of ${family} has no largest value below ${MOST}: it can be neither guided nor summed out; one with a largest value was due, as binomial or categorical`,
    );
  return upper + 1;
}

/** The k-th value of a discrete latent, everywhere in an array of this shape. */
export function kindOf({ support, event }: Distribution, k: number, shape: Shape): Value {
  const one =
    support.kind === 'oneHot'
      ? constant(
          Float64Array.from({ length: event[0]! }, (_, i) => (i === k ? 1 : 0)),
          event,
        )
      : constant(Float64Array.of(k), []);
  return broadcastTo(one, shape);
}
