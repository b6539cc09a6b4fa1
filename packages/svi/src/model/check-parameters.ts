import { fail } from '@mixtention/core/base';
import { type Distribution, describe } from '../distributions/index.ts';
import { showShape } from '../graph/index.ts';
import type { Site } from './model-types.ts';

/** Parameters of distributions that are never below 0, by name. */
const POSITIVE = ['sd', 'scale', 'rate', 'shape', 'degrees', 'concentration', 'deviations'];

/** Refuses a scale, rate or the like that is a constant below 0, or a latent that may be, naming the site, the parameter and what it is. */
export function checkParameters(
  where: string,
  site: string,
  distribution: Distribution,
  sites: readonly Site[] = [],
): void {
  for (const name of POSITIVE) {
    const own = distribution.parameters[name];
    const real =
      own === undefined
        ? undefined
        : sites.find(({ value, latent }) => value === own && latent?.distribution.support.kind === 'real');
    if (real !== undefined)
      fail(
        where,
        'BAD_MODEL',
        `site "${site}" of ${describe(distribution)} has "${real.name}" as its ${name}, which may be below 0; halfNormal, gamma, logNormal and their like are above, and so is exp of it`,
      );
    const { op, data, shape } = own ?? {};
    const i = op === 'constant' ? data!.findIndex((x) => x < 0) : -1;
    if (i >= 0)
      fail(
        where,
        'BAD_DATA',
        `site "${site}" of ${describe(distribution)} has ${name} ${data![i]} (place ${i} of ${showShape(shape!)}); a number above 0 was due`,
      );
  }
}
