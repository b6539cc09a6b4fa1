import { fail, show } from '@mixtention/core/base';
import { generator, key } from '@mixtention/core/numeric';
import {
  add,
  cholesky,
  constant,
  diagonal,
  div,
  exp,
  hold,
  log,
  matmul,
  mul,
  random,
  reshape,
  square,
  sub,
  sum,
  transpose,
  triangularSolve,
  type Value,
} from '../graph/index.ts';
import { providing } from './auto-multivariate-normal.ts';
import type { Guide } from './guide-types.ts';

const LOG_2PI = Math.log(2 * Math.PI);

/**
 * A normal whose covariance is diagonal but for a few directions: D(rank + 2) parameters, for many free numbers.
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
  const { rank } = options;
  if (rank !== undefined && !(Number.isInteger(rank) && rank > 0))
    fail('svi/autoLowRank', 'BAD_OPTION', `rank is ${show(rank)}, a whole number from 1 was due`);
  return {
    name: 'autoLowRank',
    found: 'by steps',
    make: (tools) => {
      const { dimension: d, around, parameter } = tools;
      const r = Math.min(d, rank ?? Math.max(1, Math.round(Math.sqrt(d))));
      const noise = generator(key(1));
      const unit = around.deviations;
      const moved = parameter('loc', new Float64Array(d), [d]);
      const logScale = parameter('logScale', new Float64Array(d), [d]);
      // Small, so that directions are told apart by what they meet first.
      const directions = parameter(
        'directions',
        Float64Array.from({ length: d * r }, () => 0.01 * noise.normal()),
        [d, r],
      );
      const step = add(moved, mul(exp(logScale), random('normal', [d])), matmul(directions, random('normal', [r])));
      const all = add(constant(around.mean, [d]), mul(constant(unit, [d]), step));
      const logUnit = unit.reduce((total, x) => total + Math.log(x), 0);
      const eye = constant(
        Float64Array.from({ length: r * r }, (_, i) => (i % (r + 1) === 0 ? 1 : 0)),
        [r, r],
      );
      const parts = (s: Value, f: Value) => {
        const scaled = div(f, reshape(exp(s), [d, 1]));
        const inner = cholesky(add(eye, matmul(transpose(scaled), scaled)));
        return { scaled, inner, logDet: add(sum(s), sum(log(diagonal(inner))), logUnit) };
      };
      return {
        provide: providing(all, tools),
        logDensity: (held) => {
          const [m, s, f] = held ? [hold(moved), hold(logScale), hold(directions)] : [moved, logScale, directions];
          const { scaled, inner, logDet } = parts(s, f);
          const z = div(sub(step, m), exp(s));
          const along = triangularSolve(inner, matmul(transpose(scaled), z));
          const squares = sub(sum(square(z)), sum(square(along)));
          return sub(mul(-0.5, squares), add(logDet, 0.5 * d * LOG_2PI));
        },
        entropy: () => add(parts(logScale, directions).logDet, 0.5 * d * (1 + LOG_2PI)),
      };
    },
  };
}
