import { checkOptions, fail, show } from '@mixtention/core/base';
import { generator, key } from '@mixtention/core/numeric';
import {
  add,
  constant,
  div,
  exp,
  hold,
  matmul,
  mul,
  neg,
  random,
  square,
  sub,
  sum,
  tanh,
  type Value,
} from '../graph/index.ts';
import { providing } from './auto-multivariate-normal.ts';
import type { Guide } from './guide-types.ts';

const LOG_2PI = Math.log(2 * Math.PI);

export type CouplingOptions = {
  /** Layers; each moves every second number by what the others say (default 4). */
  readonly layers?: number;
  /** Hidden units of a layer's network (default 16). */
  readonly hidden?: number;
};

/** What a layer is made of: a hidden layer, a log scale and a shift of each number. */
type Layer = { readonly [part in 'w' | 'b' | 'scale' | 'scaleBias' | 'shift' | 'shiftBias']: Value };

/**
 * A normalising flow of affine couplings: a standard normal bent by layers, each of which scales and moves half of the numbers by functions of the other half. It bends where a normal cannot,
 * for more steps and about D·hidden·layers·3 parameters.
 *
 *     y = x where the mask is 1, else x·e^s(masked x) + t(masked x);   u = m₀ + S₀(loc + y)
 *
 * @throws BAD_OPTION; BAD_MODEL from `make` for a single free number, which has no other half
 *
 * Source: Dinh, Sohl-Dickstein & Bengio (2017), Density estimation using Real NVP.
 *
 * @example
 * autoCoupling({ layers: 6 }).name; // 'autoCoupling'
 */
export function autoCoupling(options: CouplingOptions = {}): Guide {
  checkOptions('svi/autoCoupling', options, ['layers', 'hidden']);
  const { layers = 4, hidden = 16 } = options;
  for (const [name, x] of Object.entries({ layers, hidden }))
    if (!(Number.isInteger(x) && x > 0))
      fail('svi/autoCoupling', 'BAD_OPTION', `${name} is ${show(x)}, a whole number from 1 was due`);
  return {
    name: 'autoCoupling',
    found: 'by steps',
    make: (tools) => {
      const { dimension: d, around, parameter } = tools;
      if (d < 2) fail('svi/autoCoupling', 'BAD_MODEL', 'the model has one free number, two or more were due');
      const noise = generator(key(2));
      const small = (count: number): Float64Array =>
        Float64Array.from({ length: count }, () => noise.normal() / Math.sqrt(d));
      const moved = parameter('loc', new Float64Array(d), [d]);
      const masks = Array.from({ length: layers }, (_, l) =>
        constant(
          Float64Array.from({ length: d }, (_, i) => ((i + l) % 2 === 0 ? 1 : 0)),
          [d],
        ),
      );
      const trained: Layer[] = masks.map((_, l) => ({
        w: parameter(`layer${l}.w`, small(hidden * d), [hidden, d]),
        b: parameter(`layer${l}.b`, new Float64Array(hidden), [hidden]),
        scale: parameter(`layer${l}.scale`, new Float64Array(d * hidden), [d, hidden]),
        scaleBias: parameter(`layer${l}.scaleBias`, new Float64Array(d), [d]),
        shift: parameter(`layer${l}.shift`, new Float64Array(d * hidden), [d, hidden]),
        shiftBias: parameter(`layer${l}.shiftBias`, new Float64Array(d), [d]),
      }));
      const start = random('normal', [d]);
      const flow = trained.reduce(
        (x, layer, l) => {
          const { scale, shift } = moves(x.value, layer, masks[l]!);
          return { value: add(mul(x.value, exp(scale)), shift), logDet: add(x.logDet, sum(scale)) };
        },
        { value: start, logDet: constant(Float64Array.of(0), []) },
      );
      // A factor where there is one, so that layers need not learn correlations.
      const { factor, deviations, mean } = around;
      const spread = (x: Value): Value => (factor === null ? mul(deviations, x) : matmul(constant(factor, [d, d]), x));
      const logUnit = Array.from({ length: d }, (_, i) =>
        Math.log(factor === null ? deviations[i]! : factor[i * (d + 1)]!),
      ).reduce((a, b) => a + b, 0);
      const step = add(moved, flow.value);
      const all = add(constant(mean, [d]), spread(step));
      const density = (x: Value, logDet: Value): Value =>
        sub(mul(-0.5, sum(square(x))), add(logDet, 0.5 * d * LOG_2PI + logUnit));
      return {
        provide: providing(all, tools),
        logDensity: (held) => {
          if (!held) return density(start, flow.logDet);
          // Back through the layers with parameters held, so that the draw alone has a gradient.
          const back = [...trained.keys()].reverse().reduce(
            (y, l) => {
              const { scale, shift } = moves(y.value, holdAll(trained[l]!), masks[l]!);
              return { value: mul(sub(y.value, shift), exp(neg(scale))), logDet: add(y.logDet, sum(scale)) };
            },
            { value: sub(step, hold(moved)), logDet: constant(Float64Array.of(0), []) },
          );
          return density(back.value, back.logDet);
        },
      };
    },
  };
}

/** Log scales, at most 2 in size, and shifts of the numbers that the mask leaves out; 0 for the others, which they are functions of. */
function moves(x: Value, layer: Layer, mask: Value): { readonly scale: Value; readonly shift: Value } {
  const inner = tanh(add(matmul(layer.w, mul(x, mask)), layer.b));
  const free = sub(1, mask);
  const raw = add(matmul(layer.scale, inner), layer.scaleBias);
  return {
    scale: mul(free, 2, tanh(div(raw, 2))),
    shift: mul(free, add(matmul(layer.shift, inner), layer.shiftBias)),
  };
}

const holdAll = (layer: Layer): Layer =>
  Object.fromEntries(Object.entries(layer).map(([part, x]) => [part, hold(x)])) as Layer;
