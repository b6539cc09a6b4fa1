import { checkOptions, fail, show } from '../base/index.ts';
import { mapArrayNames } from './arrays.ts';
import { checkStepRate } from './check-learning-rate.ts';
import type { Arrays, Optimizer } from './optimizer.ts';

export type RmsPropOptions = {
  /** ρ, decay of the mean of squared gradients (default 0.9). */
  readonly squareDecay?: number;
  /** ε, keeps the quotient finite (default 1e-8). */
  readonly epsilon?: number;
};

/**
 * RMSProp: descent divided, parameter by parameter, by the root of a running mean of squared gradients g.
 *
 *     v ← ρv + (1−ρ)g²      updates = −learningRate · g / (√v + ε)
 *
 * The mean begins at 0 and is not corrected for it, so the first steps are up to 1/√(1−ρ) times as long as later ones.
 *
 * @throws BAD_OPTION, also from `update` for a learning rate below 0 or not finite
 *
 * Cost: one array as large as the parameters, one square root per parameter.
 * Source: Tieleman & Hinton (2012), Neural networks for machine learning, lecture 6.5.
 *
 * @example
 * const rule = rmsProp({ squareDecay: 0.75 });
 * const { updates } = rule.update({ w: Float64Array.of(2) }, rule.init({ w: Float64Array.of(1) }), 0.1); // { w: [-0.2] }
 */
export function rmsProp(options: RmsPropOptions = {}): Optimizer {
  checkOptions('core/rmsProp', options, ['squareDecay', 'epsilon']);
  const { squareDecay = 0.9, epsilon = 1e-8 } = options;
  if (!(typeof squareDecay === 'number' && squareDecay >= 0 && squareDecay < 1))
    fail('core/rmsProp', 'BAD_OPTION', `squareDecay is ${show(squareDecay)}, a number in [0, 1) was due`);
  if (!(typeof epsilon === 'number' && epsilon > 0 && epsilon < Number.POSITIVE_INFINITY))
    fail('core/rmsProp', 'BAD_OPTION', `epsilon is ${show(epsilon)}, a number above 0 was due`);
  return {
    name: 'rmsProp',
    init: (parameters) => ({
      step: 0,
      memory: { square: mapArrayNames(parameters, (p) => new Float64Array(p.length)) },
    }),
    update: (gradient, state, learningRate) => {
      checkStepRate('core/rmsProp', learningRate);
      const square = mapArrayNames(state.memory.square!, (array) => array.slice());
      const updates = mapArrayNames(gradient, (g) => new Float64Array(g.length));
      move(updates, gradient, square, learningRate);
      return { updates, state: { step: state.step + 1, memory: { square } } };
    },
    advance: (parameters, gradient, state, learningRate) => {
      checkStepRate('core/rmsProp', learningRate);
      move(parameters, gradient, state.memory.square!, learningRate);
      state.step++;
    },
  };

  function move(parameters: Arrays, gradient: Arrays, squares: Arrays, learningRate: number): void {
    for (const name in gradient) {
      const [p, g, square] = [parameters[name]!, gradient[name]!, squares[name]!];
      for (let i = 0; i < g.length; i++) {
        const v = g[i]!;
        const s = squareDecay * square[i]! + (1 - squareDecay) * (v * v);
        square[i] = s;
        p[i]! -= (learningRate * v) / (Math.sqrt(s) + epsilon);
      }
    }
  }
}
