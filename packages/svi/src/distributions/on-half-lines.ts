import {
  abs,
  add,
  digamma,
  div,
  exp,
  lgamma,
  log,
  log1p,
  mul,
  neg,
  random,
  square,
  sub,
  type ValueLike,
} from '../graph/index.ts';
import { type Distribution, positive, univariate } from './distribution.ts';
import { drawLogGamma } from './draw-log-gamma.ts';
import { drawCauchy, HALF_LOG_2PI } from './on-the-line.ts';

/**
 * |x| of a normal variable of mean 0.
 *
 * @example
 * numberOf(halfNormal(1).logDensity(value(1))); // -0.726
 */
export const halfNormal = (sd: ValueLike): Distribution =>
  univariate({
    name: 'halfNormal',
    parameters: { sd },
    support: positive,
    logDensity: (x, p) => sub(mul(-0.5, square(div(x, p.sd))), add(log(p.sd), HALF_LOG_2PI - Math.LN2)),
    sample: (shape, p) => mul(p.sd, abs(random('normal', shape))),
    entropy: (p) => add(log(p.sd), 0.5 + HALF_LOG_2PI - Math.LN2),
  });

/**
 * |x| of a Cauchy variable about 0.
 *
 * @example
 * numberOf(halfCauchy(5).logDensity(value(5))); // -2.754: log 1/(5π)
 */
export const halfCauchy = (scale: ValueLike): Distribution =>
  univariate({
    name: 'halfCauchy',
    parameters: { scale },
    support: positive,
    logDensity: (x, p) => sub(sub(Math.log(2 / Math.PI), log(p.scale)), log1p(square(div(x, p.scale)))),
    sample: (shape, p) => mul(p.scale, abs(drawCauchy(shape))),
    entropy: (p) => add(log(p.scale), Math.log(2 * Math.PI)),
  });

/**
 * e^y, y ~ N(mean, sd²).
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(logNormal(0, 1).logDensity(value(1))); // -0.919: −½ log 2π
 */
export const logNormal = (mean: ValueLike, sd: ValueLike): Distribution =>
  univariate({
    name: 'logNormal',
    parameters: { mean, sd },
    support: positive,
    logDensity: (x, p) => {
      const y = log(x);
      return sub(mul(-0.5, square(div(sub(y, p.mean), p.sd))), add(y, log(p.sd), HALF_LOG_2PI));
    },
    sample: (shape, p) => exp(add(p.mean, mul(p.sd, random('normal', shape)))),
    entropy: (p) => add(p.mean, log(p.sd), 0.5 + HALF_LOG_2PI),
  });

/**
 * Exponential of mean 1/rate.
 *
 * @example
 * numberOf(exponential(2).logDensity(value(1))); // -1.307: log 2 − 2
 */
export const exponential = (rate: ValueLike): Distribution =>
  univariate({
    name: 'exponential',
    parameters: { rate },
    support: positive,
    logDensity: (x, p) => sub(log(p.rate), mul(p.rate, x)),
    sample: (shape, p) => neg(div(log(random('uniform', shape)), p.rate)),
    entropy: (p) => sub(1, log(p.rate)),
  });

/**
 * Gamma of mean shape/rate.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(gamma(2, 1).logDensity(value(1))); // -1
 */
export const gamma = (shape: ValueLike, rate: ValueLike): Distribution =>
  univariate({
    name: 'gamma',
    parameters: { shape, rate },
    support: positive,
    logDensity: (x, { shape: a, rate: b }) =>
      sub(add(mul(a, log(b)), mul(sub(a, 1), log(x))), add(mul(b, x), lgamma(a))),
    sample: (batch, { shape: a, rate: b }) => exp(sub(drawLogGamma(a, batch), log(b))),
    entropy: ({ shape: a, rate: b }) => add(a, sub(lgamma(a), log(b)), mul(sub(1, a), digamma(a))),
  });

/**
 * 1/g, g gamma of this shape and with `scale` as rate.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(inverseGamma(2, 1).logDensity(value(1))); // -1
 */
export const inverseGamma = (shape: ValueLike, scale: ValueLike): Distribution =>
  univariate({
    name: 'inverseGamma',
    parameters: { shape, scale },
    support: positive,
    logDensity: (x, { shape: a, scale: b }) =>
      sub(sub(mul(a, log(b)), lgamma(a)), add(mul(add(a, 1), log(x)), div(b, x))),
    sample: (batch, { shape: a, scale: b }) => exp(sub(log(b), drawLogGamma(a, batch))),
    entropy: ({ shape: a, scale: b }) => sub(add(a, log(b), lgamma(a)), mul(add(1, a), digamma(a))),
  });
