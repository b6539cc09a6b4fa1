import type { Family, Matrix, Mixture, Transform, Tree } from '@mixtention/core';
import { type MatrixLike, matrix } from '@mixtention/core';
import { checkOptions, checkWidth, counted, countedWas, fail, isSameName, lookUp, show } from '@mixtention/core/base';
import { applyTransform, copyWeights, isList } from '@mixtention/core/data';
import { predictive } from '../families/index.ts';
import { MixtureModel } from '../model/mixture-model.ts';
import type { SettledFit, StartMethod, StartValues } from './types.ts';

type Space = {
  readonly family: Family;
  readonly components: number;
  readonly width: number;
  readonly transform: Transform;
  /** Makes mean statistics in the space of the fit. */
  readonly mean: () => readonly Float64Array[];
};

/**
 * The start of a fit: a method, or given values mapped into the space of the fit.
 *
 * @throws BAD_OPTION, BAD_SHAPE, UNKNOWN_NAME for a start that the space cannot have
 *
 * @example
 * const space = { family: gaussianFull, components: 2, width: 1, transform: identityTransform(1), mean: () => [Float64Array.of(0, 1)] };
 * chooseStart('mine/fit', 'k-means', space); // 'k-means'
 * chooseStart('mine/fit', { means: [[-1], [1]] }, space).params.means; // [-1, 1]
 */
export function chooseStart(where: string, start: SettledFit['start'], space: Space): StartMethod | Mixture {
  if (typeof start === 'string') {
    return lookUp(where, 'start', start, { 'k-means++': 'k-means++', 'k-means': 'k-means', random: 'random' } as const);
  }
  if (typeof start !== 'object' || Array.isArray(start))
    fail(where, 'BAD_OPTION', `start is ${show(start)}; a method, values or a model were due`);
  return start instanceof MixtureModel ? fromModel(where, start, space) : fromValues(where, start, space);
}

function fromModel(where: string, model: MixtureModel, { family, components, width, transform }: Space): Mixture {
  // A posterior predictive begins at the mean of its posterior.
  const isPosterior = family.prior?.predictive !== undefined && isSameName(model.family.spec, predictive(family).spec);
  if (!isPosterior && !isSameName(model.family.spec, family.spec))
    fail(where, 'BAD_OPTION', `the start is a model of ${model.family.spec.name}, the fit one of ${family.spec.name}`);
  if (model.components !== components)
    fail(where, 'BAD_OPTION', `the start has ${counted(model.components, 'component')}, the fit ${components}`);
  if (model.width !== width) fail(where, 'BAD_SHAPE', `the start has width ${model.width}, the data ${width}`);
  const params = isPosterior ? family.prior!.mean(model.params) : model.params;
  return { logWeights: model.logWeights.slice(), params: family.rescale(params, transform) };
}

function fromValues(where: string, values: StartValues, space: Space): Mixture {
  checkOptions(where, values, ['weights', 'means', 'covariances']);
  const means = matrix(values.means, `${where} start.means`);
  checkWidth(means, space.width, where);
  if (means.rows !== space.components)
    fail(
      where,
      'BAD_SHAPE',
      `the start has ${counted(means.rows, 'mean')}, ${countedWas(space.components, 'component')} asked for`,
    );
  const covariances = givenCovariances(where, values.covariances, space.components);
  return {
    logWeights: givenWeights(where, values.weights, space.components),
    params: givenParams(means, covariances, space),
  };
}

/** Left-out covariances are those of the whole data, as with every other start. */
function givenParams(means: Matrix, covariances: readonly Matrix[] | null, { family, transform, mean }: Space): Tree {
  const params = family.fromDescription({ means, covariances });
  const isSpread = covariances === null && family.describe(params).covariances !== null;
  return isSpread ? family.startAt(applyTransform(means, transform), mean()) : family.rescale(params, transform);
}

function givenCovariances(where: string, covariances: StartValues['covariances'], K: number): Matrix[] | null {
  // `describe` of families without covariances says null.
  if (covariances === undefined || covariances === null) return null;
  if (!Array.isArray(covariances))
    fail(
      where,
      'BAD_OPTION',
      `start.covariances is ${show(covariances)}, a list of ${counted(K, 'matrix', 'matrices')} was due`,
    );
  return Array.from(covariances, (c: MatrixLike) => matrix(c, `${where} start.covariances`));
}

function givenWeights(where: string, weights: ArrayLike<number> | undefined, K: number): Float64Array {
  if (weights === undefined) return new Float64Array(K).fill(-Math.log(K));
  if (!isList(weights))
    fail(where, 'BAD_OPTION', `start.weights is ${show(weights)}, an array of ${counted(K, 'number')} was due`);
  if (weights.length !== K)
    fail(
      where,
      'BAD_SHAPE',
      `the start has ${counted(weights.length, 'weight')}, ${countedWas(K, 'component')} asked for`,
    );
  const values = new Float64Array(K);
  copyWeights(weights, values, (k, came) =>
    fail(where, 'BAD_OPTION', `start.weights[${k}] is ${came}, a finite number ≥ 0 was due`),
  );
  const sum = values.reduce((a, b) => a + b, 0);
  if (!(Math.abs(sum - 1) <= 1e-6)) fail(where, 'BAD_OPTION', `start weights must sum to 1, their sum is ${sum}`);
  return values.map((w) => Math.log(w / sum));
}
