import type { ConjugateFamily, Family, Weights } from '@mixtention/core';
import { checkOptions, fail, findMisshapen, isSpec, lookUp, priorOf, show } from '@mixtention/core/base';
import { dirichlet } from '../weights/index.ts';
import { checkNumber } from './driver/check-options.ts';
import type { FitOptions, PriorNote, PriorValues } from './types.ts';

type PriorProblem = {
  readonly width: number;
  readonly mean: () => readonly Float64Array[];
  readonly needsMode: boolean;
};

/**
 * The prior that a fit uses, as data and in words.
 *
 * @param mean       makes mean statistics when the family's weak prior is asked for
 * @param needsMode  refuses weights whose density has no highest point
 * @throws BAD_OPTION for a prior of another shape, or of a family that has none
 */
export function choosePrior(
  where: string,
  option: FitOptions['prior'],
  family: Family,
  { width, mean, needsMode }: PriorProblem,
): PriorNote {
  const wanted = option ?? family.defaultPrior ?? 'none';
  if (typeof wanted === 'string') {
    const name = lookUp(where, 'prior', wanted, { none: 'none', weak: 'weak' } as const);
    if (name === 'none') return { name, text: 'none (maximum likelihood)', values: null };
    const conjugate = priorOf(family, where);
    return note(name, conjugate, { family: conjugate.weak(width, mean()), weights: dirichlet(1) });
  }
  if (typeof wanted !== 'object' || Array.isArray(wanted))
    fail(where, 'BAD_OPTION', `prior is ${show(wanted)}; "none", "weak" or values were due`);
  checkOptions(where, wanted, ['family', 'weights', 'concentration']);
  const weights = chooseWeights(where, wanted, needsMode);
  const conjugate = priorOf(family, where);
  const own = wanted.family === undefined ? conjugate.weak(width, mean()) : wanted.family;
  const wrong = findMisshapen(own, conjugate.shape(width), 'prior.family');
  if (wrong !== null) fail(where, 'BAD_OPTION', wrong);
  return note('given', conjugate, { family: own, weights });
}

function chooseWeights(where: string, { weights, concentration }: PriorValues, needsMode: boolean): Weights {
  checkNumber(where, 'prior.concentration', concentration, needsMode ? 1 : 0);
  if (weights === undefined) return dirichlet(concentration ?? 1);
  if (concentration !== undefined)
    fail(where, 'BAD_OPTION', 'prior has both weights and concentration, which is short for them; one was due');
  if (!isSpec(weights?.spec) || weights.spec.kind !== 'weights')
    fail(where, 'BAD_OPTION', `prior.weights is ${show(weights)}, a prior of weights, as dirichlet(2), was due`);
  if (weights.bounded || !needsMode) return weights;
  const what = `the density of prior.weights, ${weights.describe() ?? weights.spec.name}, has no highest point`;
  return fail(where, 'BAD_OPTION', `${what}, which this fit is due; take another, as dirichlet(1)`);
}

function note(
  name: 'weak' | 'given',
  conjugate: ConjugateFamily['prior'],
  values: NonNullable<PriorNote['values']>,
): PriorNote {
  const texts = [conjugate.describe(values.family), values.weights.describe()];
  return { name, text: texts.filter((text) => text !== null).join(', '), values };
}
