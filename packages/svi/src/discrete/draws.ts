import { fail } from '@mixtention/core/base';
import { bernoulli, categorical, type Distribution, oneHotCategorical } from '../distributions/index.ts';
import {
  add,
  div,
  equal,
  exp,
  hold,
  less,
  log,
  log1p,
  logSoftmax,
  max,
  mul,
  neg,
  random,
  rows,
  type Shape,
  sigmoid,
  sub,
  sum,
  type Value,
  value,
} from '../graph/index.ts';
import type { Latent } from '../model/index.ts';

/** Relaxed draws: at a temperature above 0, between 0 and 1; or 0 and 1 themselves, with the gradients of those. */
export type Relaxed = { readonly temperature: Value; readonly isStraightThrough: boolean };

/** What a guide drew of a discrete latent, and from what: `distribution` has the latent's own batch. */
export type DiscreteDraw = { readonly latent: Latent; readonly distribution: Distribution; readonly value: Value };

/** A latent's axes without those of one value. */
export const batchOf = ({ shape, distribution }: Latent): Shape =>
  shape.slice(0, shape.length - distribution.event.length);

/** The distribution of a guide, bernoulli or categorical of either kind, at the rows of the latent that are there. */
export function atRows(own: Distribution, { subset }: Latent): Distribution {
  if (subset === null) return own;
  const make = { bernoulli, categorical, oneHotCategorical }[own.name];
  const [name, given] = Object.entries(own.parameters)[0]!;
  const here = rows(given, subset.index);
  return make!(name === 'logits' ? { logits: here } : { probability: here });
}

/**
 * A draw of a discrete latent's guide: a value of it, or a relaxed one, which has gradients.
 *
 *     σ((logit + logistic noise)/τ)      softmax((logits + Gumbel noise)/τ)
 *
 * @throws BAD_MODEL for a relaxed draw of what is neither Bernoulli nor one-hot: its density says nothing between its values
 */
export function drawDiscrete(latent: Latent, own: Distribution, relaxed: Relaxed | undefined): DiscreteDraw {
  const distribution = atRows(own, latent);
  const drawn = relaxed === undefined ? distribution.sample(batchOf(latent)) : soften(latent, distribution, relaxed);
  return { latent, distribution, value: drawn };
}

function soften(latent: Latent, own: Distribution, { temperature, isStraightThrough }: Relaxed): Value {
  const { name, distribution, shape } = latent;
  if (distribution.name === 'bernoulli') {
    const u = random('uniform', shape);
    const soft = sigmoid(div(add(logitOf(own), sub(log(u), log1p(neg(u)))), temperature));
    return isStraightThrough ? hardened(sub(1, less(soft, 0.5)), soft) : soft;
  }
  if (distribution.support.kind !== 'oneHot')
    return fail(
      'svi/svi',
      'BAD_MODEL',
      `site "${name}" of ${distribution.name} cannot be relaxed, bernoulli or oneHotCategorical was due; sum it out, or take discrete: "score"`,
    );
  const noise = neg(log(neg(log(random('uniform', shape)))));
  const soft = exp(logSoftmax(div(add(logitsOf(own), noise), temperature)));
  return isStraightThrough ? hardened(equal(soft, max(soft, -1, { keep: true })), soft) : soft;
}

/** The hard value, with the gradient of the soft one. */
const hardened = (hard: Value, soft: Value): Value => add(hold(sub(hard, soft)), soft);

const logitsOf = ({ parameters }: Distribution): Value => parameters.logits ?? log(parameters.probability!);

/** Log odds of 1, told as one logit or as two. */
function logitOf(own: Distribution): Value {
  if (own.name !== 'bernoulli') return sum(mul(logitsOf(own), [-1, 1]), -1);
  const { logits, probability } = own.parameters;
  return logits ?? sub(log(probability!), log1p(neg(probability!)));
}

/** What members of a latent tell, as often as each counts. */
export const timesWeights = ({ weights }: Latent, of: Value): Value => (weights === null ? of : mul(of, weights));

/** log q of discrete draws, in nats, as often as each counts. */
export const logDensityOf = (draws: readonly DiscreteDraw[]): Value =>
  total(
    draws.map(({ latent, distribution, value: x }) =>
      mul(sum(timesWeights(latent, distribution.logDensity(x))), latent.scale),
    ),
  );

/** Their entropies, in nats. */
export const entropyOf = (draws: readonly DiscreteDraw[]): Value =>
  total(draws.map(({ latent, distribution }) => mul(sum(timesWeights(latent, distribution.entropy!())), latent.scale)));

const total = (terms: readonly Value[]): Value => terms.reduce((a, b) => add(a, b), value(0));
