import { fail, show } from '@mixtention/core/base';
import {
  add,
  broadcastTo,
  equal,
  exp,
  lgamma,
  log,
  logBeta,
  logSoftmax,
  maximum,
  mul,
  neg,
  random,
  reshape,
  type Shape,
  sigmoid,
  softplus,
  sub,
  sum,
  type Value,
  type ValueLike,
  value,
  where,
} from '../graph/index.ts';
import { type Distribution, type Support, univariate } from './distribution.ts';
import { logOf, timesLog, timesLog1m } from './logs.ts';

/** Probabilities, or their logits: `0.3`, `{ probability: 0.3 }` or `{ logits: -0.85 }`. */
export type ProbabilityLike = ValueLike | { readonly probability: ValueLike } | { readonly logits: ValueLike };

const isNamed = (x: ProbabilityLike, name: 'probability' | 'logits'): boolean =>
  typeof x === 'object' && x !== null && !ArrayBuffer.isView(x) && name in x;

/** The values behind either way of saying them, and which it was. */
export function settleProbability(
  where: string,
  x: ProbabilityLike,
): { readonly given: Value; readonly isLogits: boolean } {
  if (x === undefined || x === null)
    return fail(where, 'BAD_OPTION', `${show(x)} came, probabilities or { logits } were due`);
  if (isNamed(x, 'logits')) return { given: value((x as { logits: ValueLike }).logits, where), isLogits: true };
  if (isNamed(x, 'probability'))
    return { given: value((x as { probability: ValueLike }).probability, where), isLogits: false };
  return { given: value(x as ValueLike, where), isLogits: false };
}

const whole = (upper: Value | null): Support => ({ kind: 'whole', upper });

/**
 * 1 with this probability, else 0.
 *
 * @throws BAD_OPTION where neither probabilities nor logits come
 *
 * @example
 * numberOf(bernoulli(0.3).logDensity(value(1))); // -1.204: log 0.3
 * numberOf(bernoulli({ logits: 0 }).logDensity(value(1))); // -0.693
 */
export function bernoulli(probability: ProbabilityLike): Distribution {
  const { given, isLogits } = settleProbability('svi/bernoulli', probability);
  const p = (): Value => (isLogits ? sigmoid(given) : given);
  return univariate({
    name: 'bernoulli',
    parameters: { [isLogits ? 'logits' : 'probability']: given },
    support: whole(value(1)),
    isPathwise: false,
    logDensity: (x) =>
      isLogits ? sub(mul(x, given), softplus(given)) : add(timesLog(x, given), timesLog1m(sub(1, x), given)),
    sample: (shape) => random('binomial', shape, [broadcastTo(1, shape), broadcastTo(p(), shape)]),
    entropy: () => {
      if (isLogits) return sub(softplus(given), mul(given, sigmoid(given)));
      return neg(add(timesLog(given, given), timesLog1m(sub(1, given), given)));
    },
  });
}

/**
 * Successes among `trials`.
 *
 * @throws BAD_OPTION where neither probabilities nor logits come, BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(binomial(3, 0.5).logDensity(value(1))); // -0.981: log 3/8
 */
export function binomial(trials: ValueLike, probability: ProbabilityLike): Distribution {
  const { given, isLogits } = settleProbability('svi/binomial', probability);
  const n = value(trials, 'svi/binomial.trials');
  const p = (): Value => (isLogits ? sigmoid(given) : given);
  return univariate({
    name: 'binomial',
    parameters: { trials: n, [isLogits ? 'logits' : 'probability']: given },
    support: whole(n),
    isPathwise: false,
    logDensity: (x) => {
      const choices = neg(add(log(add(n, 1)), logBeta(add(x, 1), add(sub(n, x), 1))));
      if (isLogits) return add(choices, sub(mul(x, given), mul(n, softplus(given))));
      return add(choices, timesLog(x, given), timesLog1m(sub(n, x), given));
    },
    sample: (shape) => random('binomial', shape, [broadcastTo(n, shape), broadcastTo(p(), shape)]),
  });
}

/**
 * Counts of mean `rate`.
 *
 * @example
 * numberOf(poisson(2).logDensity(value(0))); // -2
 */
export const poisson = (rate: ValueLike): Distribution =>
  univariate({
    name: 'poisson',
    parameters: { rate },
    support: whole(null),
    isPathwise: false,
    logDensity: (x, p) => sub(timesLog(x, p.rate), add(p.rate, lgamma(add(x, 1)))),
    sample: (shape, p) => random('poisson', shape, [broadcastTo(p.rate, shape)]),
  });

/**
 * One of K kinds, counted from 0; K is the last axis of the probabilities (which need not sum to 1) or logits.
 *
 * @throws BAD_SHAPE for a number; BAD_OPTION where neither probabilities nor logits come
 *
 * @example
 * const { run, outputs } = compile([categorical([0.2, 0.3, 0.5]).logDensity(value(2))], []);
 * run();
 * outputs; // [-0.693]: log 0.5
 */
export function categorical(probability: ProbabilityLike): Distribution {
  const { given, isLogits } = settleProbability('svi/categorical', probability);
  const k = given.shape.at(-1);
  if (k === undefined) return fail('svi/categorical', 'BAD_SHAPE', 'the probabilities are a number, an array was due');
  if (k === 0) fail('svi/categorical', 'BAD_SHAPE', 'the probabilities are empty, one a kind was due');
  const logits = isLogits ? given : logOf(given);
  const normalized = (): Value => logSoftmax(logits);
  const batch = given.shape.slice(0, -1);
  const kinds = value(Float64Array.from({ length: k }, (_, i) => i));
  return {
    name: 'categorical',
    parameters: { [isLogits ? 'logits' : 'probability']: given },
    batch,
    event: [],
    support: whole(value(k - 1)),
    isPathwise: false,
    logDensity: (x) => {
      const chosen = equal(reshape(x, [...x.shape, 1]), kinds);
      return sum(where(chosen, normalized(), 0), -1);
    },
    sample: (shape: Shape) => random('categorical', shape, [broadcastTo(logits, [...shape, k])]),
    entropy: () => {
      const logs = normalized();
      return neg(sum(timesLog(exp(logs), exp(logs)), -1));
    },
  };
}

/**
 * One of K kinds as an array: 1 at its place, 0 elsewhere. Its log probability is linear in the array, so that means of it, and relaxed draws, may stand in its place.
 *
 * @throws BAD_SHAPE for a number; BAD_OPTION where neither probabilities nor logits come
 *
 * @example
 * const { run, outputs } = compile([oneHotCategorical([0.2, 0.3, 0.5]).logDensity(value([0, 0, 1]))], []);
 * run();
 * outputs; // [-0.693]: log 0.5
 */
export function oneHotCategorical(probability: ProbabilityLike): Distribution {
  const { given, isLogits } = settleProbability('svi/oneHotCategorical', probability);
  const k = given.shape.at(-1);
  if (k === undefined)
    return fail('svi/oneHotCategorical', 'BAD_SHAPE', 'the probabilities are a number, an array was due');
  const one = categorical(isLogits ? { logits: given } : given);
  const normalized = (): Value => logSoftmax(isLogits ? given : logOf(given));
  return {
    ...one,
    name: 'oneHotCategorical',
    event: [k],
    support: { kind: 'oneHot' },
    // 0 · −∞ is no number: kinds that cannot be have a finite log probability, as far down as there is.
    logDensity: (x) => sum(mul(x, maximum(normalized(), -Number.MAX_VALUE)), -1),
    sample: (shape: Shape) => {
      const kinds = value(Float64Array.from({ length: k }, (_, i) => i));
      return equal(reshape(one.sample(shape), [...shape, 1]), kinds);
    },
  };
}
