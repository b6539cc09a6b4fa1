import { checkOptions, fail, show } from '../base/index.ts';
import { mapArrayNames } from './arrays.ts';
import { checkStepRate } from './check-learning-rate.ts';
import type { Optimizer } from './optimizer.ts';

export type SgdOptions = {
  /** μ, how much of the last step goes on (default 0: plain descent). */
  readonly momentum?: number;
};

/**
 * Gradient descent, stochastic where the gradient comes from a minibatch; with momentum steps go on as a heavy ball does.
 *
 *     u ← μ u + gradient     updates = −learningRate · u
 *
 * @throws BAD_OPTION, also from `update` for a learning rate below 0 or not finite
 *
 * Keeps the number of steps, and one array as large as the parameters where there is momentum. Cost: one multiplication per parameter, two with it.
 * Source of momentum: Polyak (1964).
 *
 * @example
 * const rule = sgd();
 * const { updates } = rule.update({ w: Float64Array.of(2) }, rule.init({ w: Float64Array.of(1) }), 0.1); // { w: [-0.2] }
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  checkOptions('core/sgd', options, ['momentum']);
  const { momentum = 0 } = options;
  if (!(typeof momentum === 'number' && momentum >= 0 && momentum < 1))
    fail('core/sgd', 'BAD_OPTION', `momentum is ${show(momentum)}, a number in [0, 1) was due`);
  return {
    name: 'sgd',
    init: (parameters) => ({
      step: 0,
      memory: momentum === 0 ? {} : { speed: mapArrayNames(parameters, (p) => new Float64Array(p.length)) },
    }),
    update: (gradient, state, learningRate) => {
      checkStepRate('core/sgd', learningRate);
      const { speed } = state.memory;
      const next =
        speed === undefined
          ? gradient
          : mapArrayNames(gradient, (g, name) => g.map((v, i) => momentum * speed[name]![i]! + v));
      return {
        updates: mapArrayNames(next, (g) => g.map((v) => -learningRate * v)),
        state: { step: state.step + 1, memory: speed === undefined ? {} : { speed: next } },
      };
    },
  };
}
