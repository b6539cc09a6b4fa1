import { checkOptions, fail, show } from '../base/index.ts';
import { mapArrayNames } from './arrays.ts';
import { checkStepRate } from './check-learning-rate.ts';
import type { Optimizer } from './optimizer.ts';

export type AdamOptions = {
  /** β₁, decay of the mean of gradients (default 0.9). */
  readonly meanDecay?: number;
  /** β₂, decay of the mean of squared gradients (default 0.999). */
  readonly squareDecay?: number;
  /** ε, keeps the quotient finite (default 1e-8). */
  readonly epsilon?: number;
};

/**
 * Adam: descent scaled by running moments of the gradient g, parameter by parameter.
 *
 *     m ← β₁m + (1−β₁)g      v ← β₂v + (1−β₂)g²
 *     updates = −learningRate · (m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε)
 *
 * @throws BAD_OPTION
 *
 * Cost: two arrays as large as the parameters, one square root per parameter.
 * Source: Kingma & Ba, Adam: a method for stochastic optimization (2015), algorithm 1.
 *
 * @example
 * const rule = adam();
 * const { updates } = rule.update({ w: Float64Array.of(2) }, rule.init({ w: Float64Array.of(1) }), 0.1); // { w: [-0.1] }
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions('core/adam', options, ['meanDecay', 'squareDecay', 'epsilon']);
  const { meanDecay = 0.9, squareDecay = 0.999, epsilon = 1e-8 } = options;
  for (const [name, decay] of Object.entries({ meanDecay, squareDecay }))
    if (!(typeof decay === 'number' && decay >= 0 && decay < 1))
      fail('core/adam', 'BAD_OPTION', `${name} is ${show(decay)}, a number in [0, 1) was due`);
  if (!(typeof epsilon === 'number' && epsilon > 0 && epsilon < Number.POSITIVE_INFINITY))
    fail('core/adam', 'BAD_OPTION', `epsilon is ${show(epsilon)}, a number above 0 was due`);
  return {
    name: 'adam',
    init: (parameters) => {
      const zeros = (): ReturnType<typeof mapArrayNames> =>
        mapArrayNames(parameters, (p) => new Float64Array(p.length));
      return { step: 0, memory: { mean: zeros(), square: zeros() } };
    },
    update: (gradient, state, learningRate) => {
      checkStepRate('core/adam', learningRate);
      const step = state.step + 1;
      const decayed = (moment: string, decay: number, power: (g: number) => number): typeof gradient =>
        mapArrayNames(gradient, (g, name) => {
          const before = state.memory[moment]![name]!;
          return g.map((v, i) => decay * before[i]! + (1 - decay) * power(v));
        });
      const mean = decayed('mean', meanDecay, (g) => g);
      const square = decayed('square', squareDecay, (g) => g * g);
      const rate = learningRate / (1 - meanDecay ** step);
      const correction = 1 - squareDecay ** step;
      const updates = mapArrayNames(mean, (m, name) =>
        m.map((v, i) => (-rate * v) / (Math.sqrt(square[name]![i]! / correction) + epsilon)),
      );
      return { updates, state: { step, memory: { mean, square } } };
    },
  };
}
