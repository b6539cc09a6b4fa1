import {
  add,
  constant,
  diagonal,
  hold,
  log,
  matmul,
  mul,
  random,
  square,
  sub,
  sum,
  triangularSolve,
  type Value,
} from '../graph/index.ts';
import { freeIn, type Latent } from '../model/index.ts';
import { supportTransform } from '../transforms/index.ts';
import type { Guide, GuideTools } from './guide-types.ts';
import { rowsOfLatent } from './rows-of-latent.ts';

const LOG_2PI = Math.log(2 * Math.PI);

/** Free numbers of a latent, out of those of all. */
export const providing =
  (all: Value, { latents }: GuideTools) =>
  (latent: Latent): { readonly free: Value } => ({
    free: rowsOfLatent(freeIn(all, latents.find(({ name }) => name === latent.name)!), latent),
  });

/**
 * All free numbers together are normal, with any covariance: D(D + 3)/2 parameters, in the units of the start.
 *
 *     u = m₀ + C₀(loc + L ε),  ε ~ N(0, I)
 *
 * @example
 * autoMultivariateNormal().name; // 'autoMultivariateNormal'
 */
export const autoMultivariateNormal = (): Guide => ({
  name: 'autoMultivariateNormal',
  found: 'by steps',
  normal: 'full',
  make: (tools) => {
    const { dimension: d, around, parameter } = tools;
    const factorOf = supportTransform({ kind: 'choleskyFactor' });
    const moved = parameter('loc', new Float64Array(d), [d]);
    const free = parameter('factor', new Float64Array((d * (d + 1)) / 2), [(d * (d + 1)) / 2]);
    const units =
      around.factor ??
      Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? around.deviations[i % d]! : 0));
    const unit = constant(units, [d, d]);
    let logUnit = 0;
    for (let i = 0; i < d; i++) logUnit += Math.log(units[i * d + i]!);
    const factor = factorOf.forward(free).value;
    const step = add(moved, matmul(factor, random('normal', [d])));
    const all = add(constant(around.mean, [d]), matmul(unit, step));
    const logDet = (l: Value): Value => add(sum(log(diagonal(l))), logUnit);
    return {
      provide: providing(all, tools),
      logDensity: (held) => {
        const [m, l] = held ? [hold(moved), factorOf.forward(hold(free)).value] : [moved, factor];
        const z = triangularSolve(l, sub(step, m));
        return sub(mul(-0.5, sum(square(z))), add(logDet(l), 0.5 * d * LOG_2PI));
      },
      entropy: () => add(logDet(factor), 0.5 * d * (1 + LOG_2PI)),
    };
  },
});
