import { checkOptions, fail, show } from '@mixtention/core/base';
import { generator, key, triangularSolve } from '@mixtention/core/numeric';
import {
  add,
  constant,
  div,
  equal,
  exp,
  hold,
  logSoftmax,
  logSumExp,
  matmul,
  mul,
  random,
  square,
  sub,
  sum,
  type Value,
} from '../graph/index.ts';
import { providing } from './auto-multivariate-normal.ts';
import type { Around, Guide } from './guide-types.ts';

const LOG_2PI = Math.log(2 * Math.PI);

/**
 * A mixture of normals, each independent in the units of the start (its factor, where there is one): for posteriors with more than one mode. Components begin where the paths of the start ended; a
 * component's draws have gradients, and the score of the choice between them moves their weights.
 *
 *     q(u) = Σ_j w_j N(u; m_j, S₀ diag(s_j²) S₀ᵀ)
 *
 * Take several draws a step; costs J·D more a step than one normal.
 *
 * @param options  how many components (default 2)
 * @throws BAD_OPTION for a number of components that is no whole number from 1
 *
 * Source: Roeder, Wu & Duvenaud (2017), Sticking the landing, sec. 4 (mixtures); Morningstar et al. (2021), Automatic differentiation variational inference with mixtures.
 *
 * @example
 * autoMixture({ components: 3 }).name; // 'autoMixture'
 */
export function autoMixture(options: { readonly components?: number } = {}): Guide {
  checkOptions('svi/autoMixture', options, ['components']);
  const { components = 2 } = options;
  if (!(Number.isInteger(components) && components > 0))
    fail('svi/autoMixture', 'BAD_OPTION', `components is ${show(components)}, a whole number from 1 was due`);
  return {
    name: 'autoMixture',
    found: 'by steps',
    make: (tools) => {
      const { dimension: d, around, parameter } = tools;
      const { factor, deviations, mean } = around;
      const size = [components, d];
      const logits = parameter('logits', new Float64Array(components), [components]);
      const loc = parameter('loc', beginnings(around, components), size);
      const logScale = parameter('logScale', new Float64Array(components * d), size);
      const kinds = constant(
        Float64Array.from({ length: components }, (_, j) => j),
        [components],
      );
      const chosen = equal(random('categorical', [], [logits]), kinds);
      const pick = (x: Value): Value => matmul(chosen, x);
      const step = add(pick(loc), mul(exp(pick(logScale)), random('normal', [d])));
      const spread = factor === null ? mul(deviations, step) : matmul(constant(factor, [d, d]), step);
      const logUnit = Array.from({ length: d }, (_, i) =>
        Math.log(factor === null ? deviations[i]! : factor[i * (d + 1)]!),
      ).reduce((a, b) => a + b, 0);
      return {
        provide: providing(add(constant(mean, [d]), spread), tools),
        logDensity: (held) => {
          const [w, m, s] = held ? [hold(logits), hold(loc), hold(logScale)] : [logits, loc, logScale];
          const z = div(sub(step, m), exp(s));
          const densities = sub(mul(-0.5, sum(square(z), -1)), sum(s, -1));
          return sub(logSumExp(add(logSoftmax(w), densities)), 0.5 * d * LOG_2PI + logUnit);
        },
        choice: () => sum(mul(chosen, logSoftmax(logits))),
      };
    },
  };
}

/** Centres in units of the start: the ends of its paths, each next the farthest from those before, and places around the best where there are fewer of them. */
function beginnings({ mean, factor, deviations, others = [] }: Around, components: number): Float64Array {
  const d = mean.length;
  const noise = generator(key(4));
  const left = others.map((end) => {
    const away = end.map((x, i) => x - mean[i]!);
    return factor === null ? away.map((x, i) => x / deviations[i]!) : triangularSolve(factor, d, away);
  });
  const centers: Float64Array[] = [new Float64Array(d)];
  const nearest = (end: Float64Array): number =>
    Math.min(...centers.map((center) => Math.hypot(...end.map((x, i) => x - center[i]!))));
  while (centers.length < components) {
    left.sort((a, b) => nearest(b) - nearest(a));
    // Paths that ended within a deviation of one another found the same mode.
    const [far] = left;
    centers.push(far !== undefined && nearest(far) > 1 ? far : Float64Array.from({ length: d }, () => noise.normal()));
  }
  return Float64Array.from(centers.flatMap((center) => [...center]));
}
