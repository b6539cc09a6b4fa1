import { fail } from '@mixtention/core/base';
import type { Distribution } from '../distributions/index.ts';
import { dependents } from '../graph/index.ts';
import type { Transform } from '../transforms/index.ts';
import type { Hidden } from './model-types.ts';

/** Between standard numbers and values of a site. */
export function nonCentredTransform(
  where: string,
  name: string,
  distribution: Distribution,
  hidden: readonly Hidden[],
): Transform {
  const { standard } = distribution;
  if (standard === undefined)
    return fail(
      where,
      'BAD_MODEL',
      `site "${name}" of ${distribution.name} has neither location nor scale, and no non-centred coordinates`,
    );
  for (const { latent, value } of hidden)
    if (standard.of.some((x) => dependents([x], value).size > 0))
      fail(
        where,
        'BAD_MODEL',
        `location and scale of site "${name}" depend on "${latent.name}", which is summed out: it has no non-centred coordinates`,
      );
  return { name: 'non-centred', freeShape: (shape) => shape, forward: standard.forward, inverse: standard.inverse };
}
