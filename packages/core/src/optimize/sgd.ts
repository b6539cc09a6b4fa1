import { mapArrayNames } from './arrays.ts';
import { checkStepRate } from './check-learning-rate.ts';
import type { Optimizer } from './optimizer.ts';

/**
 * Plain gradient descent, `updates = −learningRate · gradient`; stochastic where the gradient comes from a minibatch.
 *
 * @throws BAD_OPTION from `update` for a learning rate below 0 or not finite
 *
 * Keeps nothing but the number of steps. Cost: one multiplication per parameter.
 *
 * @example
 * const rule = sgd();
 * const { updates } = rule.update({ w: Float64Array.of(2) }, rule.init({ w: Float64Array.of(1) }), 0.1); // { w: [-0.2] }
 */
export function sgd(): Optimizer {
  return {
    name: 'sgd',
    init: () => ({ step: 0, memory: {} }),
    update: (gradient, state, learningRate) => {
      checkStepRate('core/sgd', learningRate);
      return {
        updates: mapArrayNames(gradient, (g) => g.map((v) => -learningRate * v)),
        state: { step: state.step + 1, memory: {} },
      };
    },
  };
}
