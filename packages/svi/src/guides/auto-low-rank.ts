import { checkOptions, fail, show } from '@mixtention/core/base';
import { generator, key } from '@mixtention/core/numeric';
import { type Distribution, multivariateNormal } from '../distributions/index.ts';
import { add, concat, constant, exp, hold, mul, reshape, sub, take, type Value } from '../graph/index.ts';
import { providing } from './auto-multivariate-normal.ts';
import type { Guide } from './guide-types.ts';

/**
 * A normal whose covariance is diagonal but for a few directions: some D(rank + 2) parameters, for many free numbers.
 *
 *     covariance = S₀(F Fᵀ + diag(d²))S₀;  densities by the matrix inversion lemma
 *
 * @param options  rank of F (default: √D, rounded)
 * @throws BAD_OPTION for a rank that is no whole number from 1
 *
 * @example
 * autoLowRank({ rank: 3 }).name; // 'autoLowRank'
 */
export function autoLowRank(options: { readonly rank?: number } = {}): Guide {
  checkOptions('svi/autoLowRank', options, ['rank']);
  const { rank } = options;
  if (rank !== undefined && !(Number.isInteger(rank) && rank > 0))
    fail('svi/autoLowRank', 'BAD_OPTION', `rank is ${show(rank)}, a whole number from 1 was due`);
  return {
    name: 'autoLowRank',
    found: 'by steps',
    make: (tools) => {
      const { dimension: d, around, parameter } = tools;
      const r = Math.min(d, rank ?? Math.max(1, Math.round(Math.sqrt(d))));
      const unit = around.deviations;
      const noise = generator(key(1));
      const moved = parameter('loc', new Float64Array(d), [d]);
      const logScale = parameter('logScale', new Float64Array(d), [d]);
      // Small, so that directions are told apart by what they meet first.
      const count = d * r - (r * (r - 1)) / 2;
      const small = Float64Array.from({ length: count }, () => 0.01 * noise.normal());
      const below = parameter('directions', small, [count]);
      const normalOf = (m: Value, s: Value, f: Value): Distribution =>
        multivariateNormal(m, { deviations: exp(s), directions: trapezoid(f, d, r) });
      const own = normalOf(moved, logScale, below);
      const step = own.sample([]);
      const all = add(constant(around.mean, [d]), mul(constant(unit, [d]), step));
      const logUnit = unit.reduce((total, x) => total + Math.log(x), 0);
      return {
        provide: providing(all, tools),
        logDensity: (held) => {
          const at = held ? normalOf(hold(moved), hold(logScale), hold(below)) : own;
          return sub(at.logDensity(step), logUnit);
        },
        entropy: () => add(own.entropy!(), logUnit),
      };
    },
  };
}

/**
 * `[d, r]` with these numbers at and below the diagonal, row by row, zeros above: with numbers there directions could turn without a change of the guide, and averages of iterates would shrink.
 *
 * Source: Geweke & Zhou (1996), Measuring the pricing error of the arbitrage pricing theory, on the rotations of factor models.
 */
function trapezoid(numbers: Value, d: number, r: number): Value {
  const count = numbers.shape[0]!;
  let next = 0;
  const places = Array.from({ length: d * r }, (_, at) => (at % r <= Math.floor(at / r) ? next++ : count));
  return reshape(take(concat([numbers, [0]]), places), [d, r]);
}
