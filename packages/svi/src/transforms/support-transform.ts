import { fail } from '@mixtention/core/base';
import type { Support } from '../distributions/index.ts';
import { above, below, between, identity } from './intervals.ts';
import { correlationFactor, lowerFactor, positiveDefinite } from './matrices.ts';
import type { Transform } from './transform.ts';
import { rising, stickBreaking } from './vectors.ts';

/**
 * The map from free numbers to a support.
 *
 * @throws BAD_MODEL for whole numbers, one-hot arrays and counts, which have none
 *
 * @example
 * supportTransform(gamma(2, 1).support).forward(input('u', [])); // e^u and its log Jacobian u
 */
export function supportTransform(support: Support): Transform {
  if (support.kind === 'interval') {
    const { lower, upper } = support;
    if (lower !== null) return upper === null ? above(lower) : between(lower, upper);
    return upper === null ? identity : below(upper);
  }
  if (support.kind === 'whole' || support.kind === 'oneHot' || support.kind === 'counts')
    return fail('svi/transform', 'BAD_MODEL', 'what is discrete has no free coordinates');
  return others[support.kind];
}

const others: { readonly [kind in Exclude<Support['kind'], 'interval' | 'whole' | 'oneHot' | 'counts'>]: Transform } = {
  real: identity,
  simplex: stickBreaking,
  ordered: rising,
  choleskyFactor: lowerFactor,
  correlationFactor,
  positiveDefinite,
};
