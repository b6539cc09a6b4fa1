import { fail } from '@mixtention/core/base';
import {
  add,
  exp,
  lgamma,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  mul,
  neg,
  numberOf,
  random,
  type Shape,
  sigmoid,
  softplus,
  sub,
  sum,
  type Value,
  type ValueLike,
  value,
} from '../graph/index.ts';
import { type ProbabilityLike, settleProbability } from './discrete.ts';
import { type Distribution, unit, univariate } from './distribution.ts';
import { logOf } from './logs.ts';

function temperatureOf(where: string, temperature: ValueLike): Value {
  const t = value(temperature, where);
  const given = numberOf(t);
  if (given !== undefined && !(given > 0))
    fail(where, 'BAD_OPTION', `temperature is ${given}, a number above 0 was due`);
  return t;
}

const logitsOf = (where: string, probability: ProbabilityLike): Value => {
  const { given, isLogits } = settleProbability(where, probability);
  return isLogits ? given : sub(log(given), log1p(neg(given)));
};

/**
 * The binary Concrete distribution: σ((logits + logistic noise)/τ), with its exact density.
 *
 * Source: Maddison, Mnih & Teh (2017), The Concrete distribution, appendix B.
 *
 * @throws BAD_OPTION for a temperature that is not above 0; BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * // At temperature 1 and even odds it is uniform.
 * numberOf(relaxedBernoulli(1, 0.5).logDensity(value(0.5))); // 0
 */
export function relaxedBernoulli(temperature: ValueLike, probability: ProbabilityLike): Distribution {
  const tau = temperatureOf('svi/relaxedBernoulli', temperature);
  return univariate({
    name: 'relaxedBernoulli',
    parameters: { temperature: tau, logits: logitsOf('svi/relaxedBernoulli', probability) },
    support: unit,
    logDensity: (x, { temperature: t, logits }) => {
      const [logX, logRest] = [log(x), log1p(neg(x))];
      const z = sub(mul(t, sub(logX, logRest)), logits);
      return sub(sub(log(t), add(z, mul(2, softplus(neg(z))))), add(logX, logRest));
    },
    sample: (shape, { temperature: t, logits }) => {
      const u = random('uniform', shape);
      return sigmoid(mul(add(logits, sub(log(u), log1p(neg(u)))), exp(neg(log(t)))));
    },
  });
}

/**
 * The Concrete distribution over shares (Gumbel-softmax): softmax((logits + Gumbel noise)/τ), with its exact density. K is the last axis.
 *
 *     log p(y) = log Γ(K) + (K − 1) log τ + Σ_i a_i − K·LSE_i a_i − Σ_i log y_i,   a_i = logits_i − τ log y_i
 *
 * Source: Maddison, Mnih & Teh (2017), eq. 10; Jang, Gu & Poole (2017).
 *
 * @throws BAD_OPTION for a temperature that is not above 0, BAD_SHAPE for an array of temperatures, or probabilities that are a number
 *
 * @example
 * const { run, outputs } = compile([gumbelSoftmax(1, [0.5, 0.5]).logDensity(value([0.2, 0.8]))], []);
 * run();
 * outputs; // [0]: even shares at temperature 1 are uniform
 */
export function gumbelSoftmax(temperature: ValueLike, probability: ProbabilityLike): Distribution {
  const where = 'svi/gumbelSoftmax';
  const tau = temperatureOf(where, temperature);
  const { given, isLogits } = settleProbability(where, probability);
  const k = given.shape.at(-1);
  if (k === undefined) return fail(where, 'BAD_SHAPE', 'the probabilities are a number, an array was due');
  if (tau.shape.length > 0) fail(where, 'BAD_SHAPE', 'the temperature is an array, a number was due');
  const logits = isLogits ? given : logOf(given);
  return {
    name: 'gumbelSoftmax',
    parameters: { temperature: tau, logits },
    batch: given.shape.slice(0, -1),
    event: [k],
    support: { kind: 'simplex' },
    isPathwise: true,
    logDensity: (x) => {
      const logs = log(x);
      const a = sub(logits, mul(tau, logs));
      const norm = add(lgamma(k), mul(k - 1, log(tau)));
      return add(norm, sub(sum(sub(a, logs), -1), mul(k, logSumExp(a, -1))));
    },
    sample: (batch: Shape) => {
      const noise = neg(log(neg(log(random('uniform', [...batch, k])))));
      return exp(logSoftmax(mul(add(logits, noise), exp(neg(log(tau))))));
    },
  };
}
