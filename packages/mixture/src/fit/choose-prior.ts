import type { Family, Prior } from '@mixtention/core';
import { checkOptions, fail, findMisshapen, lookUp, show } from '@mixtention/core/base';
import { checkNumber } from './check-fit.ts';
import type { FitOptions, PriorNote } from './types.ts';

/**
 * The prior that a fit uses, as data and in words.
 *
 * @param mean  makes mean statistics `[P]` when the family's weak prior is asked for
 */
export function choosePrior(
  where: string,
  option: FitOptions['prior'],
  family: Family,
  { width, mean }: { readonly width: number; readonly mean: () => Float64Array },
): PriorNote {
  const wanted = option ?? family.defaultPrior ?? 'none';
  if (typeof wanted === 'string') {
    const name = lookUp(where, 'prior', wanted, { none: 'none', weak: 'weak' } as const);
    if (name === 'none') return { name, text: 'none (maximum likelihood)', values: null };
    return note(name, family, { family: family.prior.weak(width, mean()), concentration: 1 });
  }
  if (typeof wanted !== 'object' || Array.isArray(wanted))
    fail(where, 'BAD_OPTION', `prior is ${show(wanted)}; "none", "weak" or values were due`);
  checkOptions(where, wanted, ['family', 'concentration']);
  checkNumber(where, 'prior.concentration', wanted.concentration, 1);
  const weak = family.prior.weak(width, mean());
  const own = wanted.family === undefined ? weak : wanted.family;
  const shape = { one: weak, two: weak, components: 1, numbers: 'any' } as const;
  const wrong = findMisshapen(own, shape, 'prior.family');
  if (wrong !== null) fail(where, 'BAD_OPTION', wrong);
  return note('given', family, { family: own, concentration: wanted.concentration ?? 1 });
}

function note(name: 'weak' | 'given', family: Family, values: Prior): PriorNote {
  const { concentration } = values;
  const weights = concentration === 1 ? '' : `, Dirichlet(${concentration}, …) on the weights`;
  return { name, text: family.prior.describe(values.family) + weights, values };
}
