import { checkOptions, fail, show } from '../base/index.ts';
import { mapArrayNames } from './arrays.ts';
import { checkStepRate } from './check-learning-rate.ts';
import type { Arrays, Optimizer, OwnedState } from './optimizer.ts';

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
      const copied = (moment: string): ReturnType<typeof mapArrayNames> =>
        mapArrayNames(state.memory[moment]!, (array) => array.slice());
      const next = { step: state.step, memory: { mean: copied('mean'), square: copied('square') } };
      const updates = mapArrayNames(gradient, (g) => new Float64Array(g.length));
      advance(updates, gradient, next, learningRate);
      return { updates, state: next };
    },
    advance: (parameters, gradient, state, learningRate) => {
      checkStepRate('core/adam', learningRate);
      advance(parameters, gradient, state, learningRate);
    },
  };

  /** One step in place. Plain loops: small models spend most of a step here. */
  function advance(parameters: Arrays, gradient: Arrays, state: OwnedState, learningRate: number): void {
    const step = ++state.step;
    const rate = learningRate / (1 - meanDecay ** step);
    const correction = 1 - squareDecay ** step;
    for (const name in gradient) {
      const [p, g] = [parameters[name]!, gradient[name]!];
      const mean = state.memory.mean![name]!;
      const square = state.memory.square![name]!;
      for (let i = 0; i < g.length; i++) {
        const v = g[i]!;
        const m = meanDecay * mean[i]! + (1 - meanDecay) * v;
        const s = squareDecay * square[i]! + (1 - squareDecay) * (v * v);
        mean[i] = m;
        square[i] = s;
        p[i]! += (-rate * m) / (Math.sqrt(s / correction) + epsilon);
      }
    }
  }
}

export type AdamWOptions = AdamOptions & {
  /** How fast parameters are drawn towards 0, as a share of them a unit of learning rate (default 0.01). */
  readonly weightDecay?: number;
  /** Names of the parameters that are drawn (default: all): not biases and gains, as a rule. */
  readonly decays?: (name: string) => boolean;
};

/**
 * Adam with decoupled weight decay: what draws parameters towards 0 is not scaled by moments.
 *
 *     updates = Adam's − learningRate · weightDecay · parameters
 *
 * @throws BAD_OPTION, also from `update` without parameters
 *
 * Source: Loshchilov & Hutter, Decoupled weight decay regularization (2019), algorithm 2.
 *
 * @example
 * const [rule, w] = [adamW({ weightDecay: 0.1 }), { w: Float64Array.of(1) }];
 * const { updates } = rule.update({ w: Float64Array.of(2) }, rule.init(w), 0.1, w); // { w: [-0.11] }
 */
export function adamW({ weightDecay = 0.01, decays = () => true, ...options }: AdamWOptions = {}): Optimizer {
  if (!(typeof weightDecay === 'number' && weightDecay >= 0 && weightDecay < Number.POSITIVE_INFINITY))
    fail('core/adamW', 'BAD_OPTION', `weightDecay is ${show(weightDecay)}, a number from 0 was due`);
  const rule = adam(options);
  return {
    name: 'adamW',
    init: rule.init,
    update(gradient, state, learningRate, parameters) {
      if (parameters === undefined)
        return fail(
          'core/adamW',
          'BAD_OPTION',
          'a step without the parameters cannot draw them towards 0; give them too',
        );
      const { updates, state: next } = rule.update(gradient, state, learningRate);
      for (const name in updates) {
        if (!decays(name)) continue;
        const [own, p] = [updates[name]!, parameters[name]!];
        for (let i = 0; i < own.length; i++) own[i]! -= learningRate * weightDecay * p[i]!;
      }
      return { updates, state: next };
    },
  };
}
