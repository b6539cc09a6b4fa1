import { fail } from '@mixtention/core/base';
import {
  add,
  div,
  exp,
  less,
  log,
  log1p,
  mul,
  neg,
  normalLogCdf,
  square,
  sub,
  type Value,
  type ValueLike,
  value,
  where,
} from '../graph/index.ts';
import { type Distribution, univariate } from './distribution.ts';
import { HALF_LOG_2PI } from './on-the-line.ts';

/**
 * N(mean, sd²) between bounds, or beyond one of them, with its normaliser: as Stan's `normal(mean, sd) T[lower, upper]`. Models are fitted with it; it has no draws here.
 *
 * @throws BAD_OPTION without a bound; BAD_SHAPE where parameters do not broadcast; BAD_MODEL when a draw of it is asked for
 *
 * @example
 * numberOf(truncatedNormal(0, 1, { lower: 0 }).logDensity(value(0))); // -0.226: log 2/√(2π)
 */
export function truncatedNormal(
  mean: ValueLike,
  sd: ValueLike,
  bounds: { readonly lower?: ValueLike; readonly upper?: ValueLike },
): Distribution {
  const place = 'svi/truncatedNormal';
  const [lower, upper] = [bounds?.lower, bounds?.upper].map((x) => (x === undefined ? null : value(x, place)));
  if (!lower && !upper) fail(place, 'BAD_OPTION', 'no bound came, { lower }, { upper } or both were due');
  return univariate<string>({
    name: 'truncatedNormal',
    parameters: { mean, sd, ...(lower && { lower }), ...(upper && { upper }) },
    support: { kind: 'interval', lower: lower!, upper: upper! },
    logDensity: (x, { mean: m, sd: s }) => {
      const at = (y: Value): Value => div(sub(y, m!), s!);
      const inside = logMass(lower && at(lower), upper && at(upper));
      return sub(mul(-0.5, square(at(x))), add(log(s!), HALF_LOG_2PI, inside));
    },
    sample: () => fail(place, 'BAD_MODEL', 'a truncated normal has no draws here; a distribution that has was due'),
  });
}

/** log(Φ(b) − Φ(a)), of the two tails that which has digits. */
function logMass(a: Value | null | undefined, b: Value | null | undefined): Value {
  if (!a) return normalLogCdf(b!);
  if (!b) return normalLogCdf(neg(a));
  const isAbove = less(0, a);
  const [far, near] = [where(isAbove, neg(a), b), where(isAbove, neg(b), a)];
  const whole = normalLogCdf(far);
  return add(whole, log1p(neg(exp(sub(normalLogCdf(near), whole)))));
}
