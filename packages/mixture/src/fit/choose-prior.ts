import type { ConjugateFamily, Family, Transform, Tree, Weights } from '@mixtention/core';
import { checkOptions, fail, findMisshapen, isSpec, lookUp, priorOf, show } from '@mixtention/core/base';
import { dirichlet, pointWeights } from '../weights/index.ts';
import { checkNumber } from './driver/check-options.ts';
import { findWrongList, listsToArrays } from './lists-to-arrays.ts';
import type { FitOptions, PriorNote, PriorValues } from './types.ts';

type PriorProblem = {
  readonly width: number;
  /** Σ w, or N */
  readonly totalWeight: number;
  readonly transform: Transform;
  readonly mean: () => readonly Float64Array[];
  readonly infers: 'point' | 'posterior';
};

/** A prior as the user knows it, and the family's in the space of the fit. */
export type ChosenPrior = { readonly note: PriorNote; readonly family: Tree | null; readonly weights: Weights };

/**
 * The prior that a fit uses, as data and in words.
 *
 * @param mean    makes mean statistics in the space of the fit when the family's weak prior is asked for
 * @param infers  a point refuses weights whose density has no highest point; a posterior refuses to be without a prior
 * @throws BAD_OPTION for a prior of another shape, without a density, in other units, or of a family that has none; BAD_DATA for more rows than numbers
 *   can tell beside a prior
 *
 * @example
 * const space = { width: 2, totalWeight: 272, transform: identityTransform(2), mean: () => [Float64Array.of(0, 0, 1, 0, 1)], infers: 'posterior' };
 * choosePrior('mine/fit', 'weak', gaussianFull, space).note.text; // 'normal–Wishart on each mean and covariance: a mean worth 0.01 rows, 4 degrees of freedom'
 */
export function choosePrior(
  where: string,
  option: FitOptions['prior'],
  family: Family,
  problem: PriorProblem,
): ChosenPrior {
  const { infers } = problem;
  const wanted = option ?? (infers === 'posterior' ? 'weak' : (family.defaultPrior ?? 'none'));
  if (wanted !== 'none') checkCounted(where, problem);
  if (typeof wanted === 'string') {
    const name = lookUp(where, 'prior', wanted, { none: 'none', weak: 'weak' } as const);
    if (name === 'weak') return chosen(name, priorOf(family, where), { ...problem, weights: dirichlet(1) });
    if (infers === 'posterior')
      fail(where, 'BAD_OPTION', 'prior is "none", which has no posterior; "weak" or values were due');
    const note = { name, text: 'none (maximum likelihood)', values: null };
    return { note, family: null, weights: pointWeights() };
  }
  if (typeof wanted !== 'object' || Array.isArray(wanted))
    fail(where, 'BAD_OPTION', `prior is ${show(wanted)}; "none", "weak" or values were due`);
  checkOptions(where, wanted, ['family', 'weights', 'concentration']);
  const weights = chooseWeights(where, wanted, infers);
  // Weights alone: a family that has no prior is without one.
  if (family.prior === undefined && wanted.family === undefined && infers === 'point')
    return { note: weightsNote(weights), family: null, weights };
  const conjugate = priorOf(family, where);
  const own = wanted.family === undefined ? undefined : checkPrior(where, wanted.family, conjugate, problem);
  return chosen('given', conjugate, { ...problem, weights, own });
}

/** Beside a prior weights count rows. A posterior of more than 2⁵³ of them has no digit for the prior; squares of 10¹⁰⁰ of them have room in no sum. */
function checkCounted(where: string, { totalWeight, infers }: PriorProblem): void {
  const [most, text] = infers === 'posterior' ? [2 ** 53, '9.0e+15'] : [1e100, '1e+100'];
  if (totalWeight > most)
    fail(
      where,
      'BAD_DATA',
      `the weights sum to ${totalWeight.toPrecision(2)}, at most ${text} was due: beside a prior they count rows, so divide them all by one number`,
    );
}

/** Values in the user's units, lists of numbers as arrays. */
function checkPrior(
  where: string,
  given: Tree,
  conjugate: ConjugateFamily['prior'],
  { width, transform }: PriorProblem,
): Tree {
  const shape = conjugate.shape(width);
  const own = listsToArrays(given, shape);
  const wrong =
    findWrongList(given, shape, 'prior.family') ??
    findMisshapen(own, shape, 'prior.family') ??
    wrongIn(conjugate.findWrong?.(own, transform));
  if (wrong !== null) fail(where, 'BAD_OPTION', wrong);
  return own;
}

function wrongIn(wrong: string | null | undefined): string | null {
  return wrong === null || wrong === undefined ? null : `prior.family.${wrong}`;
}

function chooseWeights(
  where: string,
  { weights, concentration }: PriorValues,
  infers: PriorProblem['infers'],
): Weights {
  if (infers === 'point') checkNumber(where, 'prior.concentration', concentration, 1);
  else if (concentration !== undefined && !(Number.isFinite(concentration) && concentration > 0))
    fail(where, 'BAD_OPTION', `prior.concentration is ${show(concentration)}, a finite number above 0 was due`);
  if (weights === undefined) return dirichlet(concentration ?? 1);
  if (concentration !== undefined)
    fail(where, 'BAD_OPTION', 'prior has both weights and concentration, which is short for them; one was due');
  if (!isSpec(weights?.spec) || weights.spec.kind !== 'weights')
    fail(where, 'BAD_OPTION', `prior.weights is ${show(weights)}, a prior of weights, as dirichlet(2), was due`);
  if (weights.bounded || infers === 'posterior') return weights;
  const what = `the density of prior.weights, ${weights.describe() ?? weights.spec.name}, has no highest point`;
  return fail(where, 'BAD_OPTION', `${what}, which this fit is due; take another, as dirichlet(1)`);
}

function weightsNote(weights: Weights): PriorNote {
  return { name: 'given', text: weights.describe() ?? 'none (maximum likelihood)', values: { family: null, weights } };
}

function chosen(
  name: 'weak' | 'given',
  conjugate: ConjugateFamily['prior'],
  {
    width,
    transform,
    mean,
    weights,
    own,
  }: PriorProblem & { readonly weights: Weights; readonly own?: Tree | undefined },
): ChosenPrior {
  const family = own === undefined ? conjugate.weak(width, mean()) : (conjugate.rescale?.(own, transform) ?? own);
  const outer = own ?? conjugate.unscale?.(family, transform) ?? family;
  const texts = [conjugate.describe(outer), weights.describe()];
  const text = texts.filter((part) => part !== null).join(', ');
  return { note: { name, text, values: { family: outer, weights } }, family, weights };
}
