import type { Distribution } from '../distributions/index.ts';
import { flat } from '../distributions/index.ts';
import type { Shape, Value } from '../graph/index.ts';
import type { Model, ModelTools } from './model-types.ts';

/** A variable by its shape, where it is a real array, or by a distribution that tells its support (with `flat`, which adds nothing). */
export type Variable = Shape | { readonly distribution: Distribution; readonly shape?: Shape };

/**
 * A model of nothing but a log density over named arrays.
 *
 * @param variables  names, with shapes; `{ distribution: flat({ lower: 0 }) }` for what is bounded
 * @param logDensity  one number, in nats, up to a constant
 *
 * @example
 * const banana = fromLogDensity({ x: [], y: [] }, ({ x, y }, m) => m.neg(m.add(m.square(x), m.square(m.sub(y, m.square(x))))));
 * posterior(banana, null).logDensity(Float64Array.of(1, 2), new Float64Array(2)); // -2
 */
export function fromLogDensity<Name extends string>(
  variables: { readonly [name in Name]: Variable },
  logDensity: (values: { readonly [name in Name]: Value }, m: ModelTools) => Value,
): Model<unknown> {
  return (m) => {
    const values = Object.entries<Variable>(variables).map(([name, variable]) => {
      const { distribution, shape = [] } = Array.isArray(variable)
        ? { distribution: flat(), shape: variable as Shape }
        : (variable as Exclude<Variable, Shape>);
      return [name, m.sample(name, distribution, { shape })];
    });
    m.factor('log density', logDensity(Object.fromEntries(values), m));
  };
}
