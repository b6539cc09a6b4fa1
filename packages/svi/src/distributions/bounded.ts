import { checkOptions, fail } from '@mixtention/core/base';
import {
  add,
  broadcastTo,
  digamma,
  exp,
  lgamma,
  log,
  log1p,
  logBeta,
  logSoftmax,
  mul,
  neg,
  random,
  type Shape,
  sigmoid,
  sub,
  sum,
  type Value,
  type ValueLike,
  value,
} from '../graph/index.ts';
import { type Distribution, type Support, unit, univariate } from './distribution.ts';
import { drawLogGamma } from './draw-log-gamma.ts';
import { power } from './logs.ts';

/**
 * Uniform between two bounds.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(uniform(0, 4).logDensity(value(1))); // -1.386: log 1/4
 */
export function uniform(lower: ValueLike, upper: ValueLike): Distribution {
  const support: Support = { kind: 'interval', lower: value(lower, 'svi/uniform'), upper: value(upper, 'svi/uniform') };
  return univariate({
    name: 'uniform',
    parameters: { lower, upper },
    support,
    logDensity: (x, p) => sub(mul(0, x), log(sub(p.upper, p.lower))),
    sample: (shape, p) => add(p.lower, mul(sub(p.upper, p.lower), random('uniform', shape))),
    entropy: (p) => log(sub(p.upper, p.lower)),
  });
}

/**
 * No prior at all: a log density of 0 on the real line, or beyond bounds. It cannot be drawn from, and its evidence is defined up to a factor.
 *
 * @throws BAD_MODEL when a draw of it is asked for
 *
 * @example
 * numberOf(flat({ lower: 0 }).logDensity(value(5))); // 0
 */
export function flat(bounds: { readonly lower?: ValueLike; readonly upper?: ValueLike } = {}): Distribution {
  checkOptions('svi/flat', bounds, ['lower', 'upper']);
  const [lower, upper] = [bounds.lower, bounds.upper].map((x) => (x === undefined ? null : value(x, 'svi/flat')));
  const support: Support = lower || upper ? { kind: 'interval', lower: lower!, upper: upper! } : { kind: 'real' };
  return univariate({
    name: 'flat',
    parameters: {},
    support,
    logDensity: (x) => mul(0, x),
    sample: () => fail('svi/flat', 'BAD_MODEL', 'a flat prior has no draws; a proper one was due'),
  });
}

/**
 * Beta on (0, 1), density ∝ x^(a−1) (1 − x)^(b−1).
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(beta(2, 2).logDensity(value(0.5))); // 0.405: log 1.5
 */
export const beta = (a: ValueLike, b: ValueLike): Distribution =>
  univariate({
    name: 'beta',
    parameters: { a, b },
    support: unit,
    logDensity: (x, p) => sub(add(power(p.a, log(x)), power(p.b, log1p(neg(x)))), logBeta(p.a, p.b)),
    sample: (shape, p) => sigmoid(sub(drawLogGamma(p.a, shape), drawLogGamma(p.b, shape))),
    entropy: (p) => {
      const both = add(p.a, p.b);
      const digammas = add(mul(sub(p.a, 1), digamma(p.a)), mul(sub(p.b, 1), digamma(p.b)));
      return add(sub(logBeta(p.a, p.b), digammas), mul(sub(both, 2), digamma(both)));
    },
  });

/**
 * Dirichlet over shares, the last axis of `concentration`.
 *
 * @throws BAD_SHAPE for a number
 *
 * @example
 * const { run, outputs } = compile([dirichlet([1, 1, 1]).logDensity(value([0.2, 0.3, 0.5]))], []);
 * run();
 * outputs; // [0.693]: log 2 everywhere
 */
export function dirichlet(concentration: ValueLike): Distribution {
  const a = value(concentration, 'svi/dirichlet');
  if (a.shape.length === 0) fail('svi/dirichlet', 'BAD_SHAPE', 'concentration is a number, an array was due');
  if (a.shape.at(-1) === 0) fail('svi/dirichlet', 'BAD_SHAPE', 'concentration is empty, a number a share was due');
  const event = a.shape.slice(-1);
  const normalizer = (): Value => sub(sum(lgamma(a), -1), lgamma(sum(a, -1)));
  return {
    name: 'dirichlet',
    parameters: { concentration: a },
    batch: a.shape.slice(0, -1),
    event,
    support: { kind: 'simplex' },
    isPathwise: true,
    logDensity: (x) => sub(sum(power(a, log(x)), -1), normalizer()),
    sample: (batch: Shape) => {
      const shape = [...batch, ...event];
      return exp(logSoftmax(drawLogGamma(broadcastTo(a, shape), shape)));
    },
    entropy: () => {
      const total = sum(a, -1);
      const parts = sum(mul(sub(a, 1), digamma(a)), -1);
      return sub(add(normalizer(), mul(sub(total, event[0]!), digamma(total))), parts);
    },
  };
}
