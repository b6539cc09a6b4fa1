import { fail } from '@mixtention/core/base';
import { categorical, type Distribution } from '../distributions/index.ts';
import {
  add,
  div,
  hold,
  less,
  log,
  log1p,
  mul,
  neg,
  numberOf,
  random,
  sigmoid,
  sub,
  sum,
  type Value,
  where,
} from '../graph/index.ts';
import type { Coordinates, Latent } from '../model/index.ts';
import type { GuideTools, Relaxed } from './guide-types.ts';

/** Most values of a discrete latent that a guide gives a logit each. */
const MOST = 1000;

/**
 * The guide of a discrete latent: each number of it independent, with a logit for each of its values.
 *
 * @throws BAD_MODEL for a latent without a known largest value
 */
export function discretePart({ name, distribution, shape }: Coordinates, parameter: GuideTools['parameter']): Value {
  const { support } = distribution;
  const upper = support.kind === 'whole' && support.upper !== null ? numberOf(support.upper) : undefined;
  if (upper === undefined || upper >= MOST)
    return fail(
      'svi/autoNormal',
      'BAD_MODEL',
      `site "${name}" of ${distribution.name} has no largest value below ${MOST}: no guide is known for it; sum it out`,
    );
  const kinds = upper + 1;
  const size = shape.reduce((a, b) => a * b, 1);
  return parameter(`${name}.logits`, new Float64Array(size * kinds), [...shape, kinds]);
}

/**
 * A draw of the guide of yes and no that has gradients: σ((logit + logistic noise)/τ), or 0 and 1 with its gradients.
 *
 * @throws BAD_MODEL for a site that is not Bernoulli: its density says nothing between its values
 */
export function relaxedDraw(
  { name, distribution, shape }: Latent,
  logits: Value,
  { temperature, isStraightThrough }: Relaxed,
): Value {
  if (distribution.name !== 'bernoulli')
    fail(
      'svi/autoNormal',
      'BAD_MODEL',
      `site "${name}" of ${distribution.name} cannot be relaxed, bernoulli was due; sum it out, or take discrete: "score"`,
    );
  const u = random('uniform', shape);
  const logit = sum(mul(logits, [-1, 1]), -1);
  const soft = sigmoid(div(add(logit, sub(log(u), log1p(neg(u)))), temperature));
  return isStraightThrough ? add(hold(sub(where(less(soft, 0.5), 0, 1), soft)), soft) : soft;
}

export const guideOf = (logits: Value): Distribution => categorical({ logits });
