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
  value,
} from '../graph/index.ts';
import { above0, type Distribution, positive, univariate, valuesOf } from './distribution.ts';
import { drawLogGamma } from './draw-log-gamma.ts';
import { power } from './logs.ts';
import { drawCauchy, HALF_LOG_2PI, studentT } from './on-the-line.ts';

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
    standard: ({ sd }) => [log(sd), value(1)],
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
    standard: ({ scale }) => [log(scale), value(1)],
  });

/**
 * |x| of a Student t variable about 0: as Stan's `student_t(degrees, 0, scale)` of a positive parameter.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(halfStudentT(3, 1).logDensity(value(0))); // -0.308
 */
export function halfStudentT(degrees: ValueLike, scale: ValueLike): Distribution {
  const parameters = valuesOf('halfStudentT', { degrees, scale });
  const whole = studentT(parameters.degrees, 0, parameters.scale);
  return univariate({
    name: 'halfStudentT',
    parameters,
    support: positive,
    logDensity: (x) => add(whole.logDensity(x), Math.LN2),
    sample: (shape) => abs(whole.sample(shape)),
    entropy: () => sub(whole.entropy!(), Math.LN2),
    standard: ({ scale }) => [log(scale), value(1)],
  });
}

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
    support: above0,
    logDensity: (x, p) => {
      const y = log(x);
      return sub(mul(-0.5, square(div(sub(y, p.mean), p.sd))), add(y, log(p.sd), HALF_LOG_2PI));
    },
    sample: (shape, p) => exp(add(p.mean, mul(p.sd, random('normal', shape)))),
    entropy: (p) => add(p.mean, log(p.sd), 0.5 + HALF_LOG_2PI),
    standard: ({ mean, sd }) => [mean, sd],
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
    standard: ({ rate }) => [neg(log(rate)), value(1)],
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
    logDensity: (x, { shape: a, rate: b }) => sub(add(mul(a, log(b)), power(a, log(x))), add(mul(b, x), lgamma(a))),
    sample: (batch, { shape: a, rate: b }) => exp(sub(drawLogGamma(a, batch), log(b))),
    entropy: ({ shape: a, rate: b }) => add(a, sub(lgamma(a), log(b)), mul(sub(1, a), digamma(a))),
    standard: ({ rate }) => [neg(log(rate)), value(1)],
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
    support: above0,
    logDensity: (x, { shape: a, scale: b }) =>
      sub(sub(mul(a, log(b)), lgamma(a)), add(mul(add(a, 1), log(x)), div(b, x))),
    sample: (batch, { shape: a, scale: b }) => exp(sub(log(b), drawLogGamma(a, batch))),
    entropy: ({ shape: a, scale: b }) => sub(add(a, log(b), lgamma(a)), mul(add(1, a), digamma(a))),
    standard: ({ scale }) => [log(scale), value(1)],
  });

/**
 * Chi-squared: the sum of as many squared standard normals, Gamma(degrees/2, 1/2).
 *
 * @example
 * numberOf(chiSquared(2).logDensity(value(2))); // -1.693: −log 2 − 1
 */
export function chiSquared(degrees: ValueLike): Distribution {
  const parameters = valuesOf('chiSquared', { degrees });
  const same = gamma(mul(0.5, parameters.degrees), 0.5);
  return univariate({
    name: 'chiSquared',
    parameters,
    support: positive,
    logDensity: same.logDensity,
    sample: same.sample,
    entropy: same.entropy!,
  });
}

/**
 * Weibull: times whose hazard is (shape/scale) (x/scale)^(shape − 1). The log probability of outliving x is −(x/scale)^shape.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(weibull(2, 1).logDensity(value(1))); // -0.307: log 2 − 1
 */
export const weibull = (shape: ValueLike, scale: ValueLike): Distribution =>
  univariate({
    name: 'weibull',
    parameters: { shape, scale },
    support: positive,
    logDensity: (x, { shape: a, scale: s }) => {
      const z = sub(log(x), log(s));
      return sub(add(log(a), mul(a, z)), add(log(x), exp(mul(a, z))));
    },
    sample: (batch, { shape: a, scale: s }) => mul(s, exp(div(log(neg(log(random('uniform', batch)))), a))),
    entropy: ({ shape: a, scale: s }) => add(mul(EULER, sub(1, div(1, a))), sub(log(s), log(a)), 1),
    standard: ({ scale }) => [log(scale), value(1)],
  });

const EULER = 0.5772156649015329;

/**
 * Pareto: density ∝ x^(−shape − 1) above `scale`.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(pareto(1, 2).logDensity(value(2))); // -1.386: log 2/8
 */
export function pareto(scale: ValueLike, shape: ValueLike): Distribution {
  const lower = value(scale, 'svi/pareto.scale');
  return univariate({
    name: 'pareto',
    parameters: { scale: lower, shape },
    support: { kind: 'interval', lower, upper: null },
    logDensity: (x, { shape: a, scale: s }) => sub(add(log(a), mul(a, log(s))), mul(add(a, 1), log(x))),
    sample: (batch, { shape: a, scale: s }) => mul(s, exp(neg(div(log(random('uniform', batch)), a)))),
    entropy: ({ shape: a, scale: s }) => add(sub(log(s), log(a)), div(1, a), 1),
  });
}
