import {
  abs,
  add,
  cos,
  digamma,
  div,
  exp,
  log,
  log1p,
  logBeta,
  mul,
  neg,
  random,
  type Shape,
  sin,
  softplus,
  square,
  sub,
  type Value,
  type ValueLike,
} from '../graph/index.ts';
import { type Distribution, univariate } from './distribution.ts';
import { drawLogGamma } from './draw-log-gamma.ts';

export const HALF_LOG_2PI: number = 0.5 * Math.log(2 * Math.PI);
const standard = (x: Value, { mean, sd }: { readonly mean: Value; readonly sd: Value }): Value => div(sub(x, mean), sd);

/**
 * N(mean, sd²).
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(normal(0, 1).logDensity(value(0))); // -0.919: −½ log 2π
 * normal([0, 0, 0], 1).batch; // [3]
 */
export const normal = (mean: ValueLike, sd: ValueLike): Distribution =>
  univariate({
    name: 'normal',
    parameters: { mean, sd },
    logDensity: (x, p) => sub(sub(mul(-0.5, square(standard(x, p))), log(p.sd)), HALF_LOG_2PI),
    sample: (shape, p) => add(p.mean, mul(p.sd, random('normal', shape))),
    entropy: (p) => add(log(p.sd), 0.5 + HALF_LOG_2PI),
    standard: ({ mean, sd }) => [mean, sd],
  });

/**
 * Student's t with `degrees` of freedom, moved by `location` and stretched by `scale`.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(studentT(3, 0, 1).logDensity(value(0))); // -1.001
 */
export const studentT = (degrees: ValueLike, location: ValueLike, scale: ValueLike): Distribution =>
  univariate({
    name: 'studentT',
    parameters: { degrees, location, scale },
    logDensity: (x, { degrees: v, location: m, scale: s }) => {
      const half = mul(0.5, add(v, 1));
      const norm = neg(add(logBeta(mul(0.5, v), 0.5), mul(0.5, log(v)), log(s)));
      return sub(norm, mul(half, log1p(div(square(div(sub(x, m), s)), v))));
    },
    sample: (shape, { degrees: v, location: m, scale: s }) => {
      const chi = exp(mul(-0.5, add(drawLogGamma(mul(0.5, v), shape), sub(Math.log(2), log(v)))));
      return add(m, mul(s, mul(random('normal', shape), chi)));
    },
    entropy: ({ degrees: v, scale: s }) => {
      const half = mul(0.5, add(v, 1));
      const norm = neg(add(logBeta(mul(0.5, v), 0.5), mul(0.5, log(v))));
      return add(log(s), sub(mul(half, sub(digamma(half), digamma(mul(0.5, v)))), norm));
    },
    standard: ({ location, scale }) => [location, scale],
  });

export const drawCauchy = (shape: Shape): Value => {
  const angle = mul(Math.PI, sub(random('uniform', shape), 0.5));
  return div(sin(angle), cos(angle));
};

/**
 * Cauchy with its median at `location`.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(cauchy(0, 1).logDensity(value(1))); // -1.838: −log 2π
 */
export const cauchy = (location: ValueLike, scale: ValueLike): Distribution =>
  univariate({
    name: 'cauchy',
    parameters: { location, scale },
    logDensity: (x, { location: m, scale: s }) =>
      sub(sub(-Math.log(Math.PI), log(s)), log1p(square(div(sub(x, m), s)))),
    sample: (shape, { location: m, scale: s }) => add(m, mul(s, drawCauchy(shape))),
    entropy: ({ scale: s }) => add(log(s), Math.log(4 * Math.PI)),
    standard: ({ location, scale }) => [location, scale],
  });

/**
 * Laplace: e^(−|x − location|/scale) / (2 scale).
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(laplace(0, 1).logDensity(value(1))); // -1.693: −1 − log 2
 */
export const laplace = (location: ValueLike, scale: ValueLike): Distribution =>
  univariate({
    name: 'laplace',
    parameters: { location, scale },
    logDensity: (x, { location: m, scale: s }) => sub(neg(div(abs(sub(x, m)), s)), add(log(s), Math.LN2)),
    sample: (shape, { location: m, scale: s }) => {
      const [a, b] = [log(random('uniform', shape)), log(random('uniform', shape))];
      return add(m, mul(s, sub(a, b)));
    },
    entropy: ({ scale: s }) => add(log(s), 1 + Math.LN2),
    standard: ({ location, scale }) => [location, scale],
  });

/**
 * Logistic: σ((x − location)/scale) is its distribution function.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(logistic(0, 1).logDensity(value(0))); // -1.386: log 1/4
 */
export const logistic = (location: ValueLike, scale: ValueLike): Distribution =>
  univariate({
    name: 'logistic',
    parameters: { location, scale },
    logDensity: (x, { location: m, scale: s }) => {
      const z = div(sub(x, m), s);
      return neg(add(z, mul(2, softplus(neg(z))), log(s)));
    },
    sample: (shape, { location: m, scale: s }) => {
      const u = random('uniform', shape);
      return add(m, mul(s, sub(log(u), log1p(neg(u)))));
    },
    entropy: ({ scale: s }) => add(log(s), 2),
    standard: ({ location, scale }) => [location, scale],
  });

/**
 * Gumbel of maxima: density e^(−z − e^(−z)) / scale, z = (x − location)/scale.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(gumbel(0, 1).logDensity(value(0))); // -1
 */
export const gumbel = (location: ValueLike, scale: ValueLike): Distribution =>
  univariate({
    name: 'gumbel',
    parameters: { location, scale },
    logDensity: (x, { location: m, scale: s }) => {
      const z = div(sub(x, m), s);
      return neg(add(z, exp(neg(z)), log(s)));
    },
    sample: (shape, { location: m, scale: s }) => sub(m, mul(s, log(neg(log(random('uniform', shape)))))),
    entropy: ({ scale: s }) => add(log(s), 1.577215664901533),
    standard: ({ location, scale }) => [location, scale],
  });
