import { fail } from '@mixtention/core/base';
import { type Distribution, describe } from '../distributions/index.ts';
import { showShape } from '../graph/index.ts';

/** Parameters of distributions that are never below 0, by name. */
const POSITIVE = ['sd', 'scale', 'rate', 'shape', 'degrees', 'concentration', 'deviations'];

/** Refuses a constant scale, rate or the like that is below 0, naming the site, the parameter and its value. */
export function checkParameters(where: string, site: string, distribution: Distribution): void {
  for (const name of POSITIVE) {
    const { op, data, shape } = distribution.parameters[name] ?? {};
    const i = op === 'constant' ? data!.findIndex((x) => x < 0) : -1;
    if (i >= 0)
      fail(
        where,
        'BAD_DATA',
        `site "${site}" of ${describe(distribution)} has ${name} ${data![i]} (place ${i} of ${showShape(shape!)}); a number above 0 was due`,
      );
  }
}
