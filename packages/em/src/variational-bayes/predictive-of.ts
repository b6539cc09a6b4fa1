import type { ConjugateFamily, Tree, TreeShape, Weights } from '@mixtention/core';
import { isRecord } from '@mixtention/core/base';
import { predictive } from '@mixtention/mixture';
import type { ModelParts } from '@mixtention/mixture/fit';
import { noStatistics } from './no-statistics.ts';
import type { BayesState } from './types.ts';

type Problem = { readonly family: ConjugateFamily; readonly prior: Tree; readonly weights: Weights };

/**
 * The posterior predictive of a state: weights at their expectation, parameters integrated out.
 *
 * What weights leave to components that are not there, as open sticks do, is the prior's predictive: one component more, the last.
 */
export function predictiveOf({ mixture, posterior }: BayesState, { family, prior, weights }: Problem): ModelParts {
  const { weights: expected, rest } = weights.expectedWeights(posterior.weights);
  const density = predictive(family);
  const logWeights = expected.map(Math.log);
  if (!(rest > 0)) return { family: density, logWeights, params: posterior.components };
  const { cols } = family.describe(mixture.params).means;
  const K = expected.length;
  const one = family.prior.posterior(prior, new Float64Array(1), noStatistics(family, cols, 1)) as Tree;
  const [shape, longer] = [K, K + 1].map((k) => family.prior.posteriorShape(k, cols)) as [TreeShape, TreeShape];
  return {
    family: density,
    logWeights: concat(logWeights, Float64Array.of(Math.log(rest))),
    params: joined(posterior.components, one, shape, longer),
  };
}

/** A posterior with one component more: arrays whose size follows K get what the other has, what all share stays. */
function joined(all: Tree, one: Tree, shape: TreeShape, longer: TreeShape): Tree {
  if (all instanceof Float64Array) {
    const grows = sizeOf(shape) !== sizeOf(longer);
    return grows ? concat(all, one as Float64Array) : all;
  }
  if (!isRecord(all)) return all;
  const parts = (tree: unknown) => tree as { readonly [name: string]: TreeShape & Tree };
  return Object.fromEntries(
    Object.entries(all).map(([name, part]) => [
      name,
      joined(part, parts(one)[name]!, parts(shape)[name]!, parts(longer)[name]!),
    ]),
  );
}

function sizeOf(shape: TreeShape): number {
  return (shape as readonly number[]).reduce((size, length) => size * length, 1);
}

function concat(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
