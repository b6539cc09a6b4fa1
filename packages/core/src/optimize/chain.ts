import { fail, show } from '../base/index.ts';
import { mapArrayNames } from './arrays.ts';
import type { Arrays, Optimizer } from './optimizer.ts';

/** What is done to a gradient before a rule sees it; pure. */
export type GradientTransform = (gradient: Arrays) => Arrays;

/**
 * A rule of descent that sees gradients as transforms leave them, the first first.
 *
 * @example
 * const rule = chain([clipByNorm(1)], sgd());
 * const { updates } = rule.update({ w: Float64Array.of(3, 4) }, rule.init({ w: new Float64Array(2) }), 1); // { w: [-0.6, -0.8] }
 */
export function chain(transforms: readonly GradientTransform[], rule: Optimizer): Optimizer {
  const seen = (gradient: Arrays): Arrays => transforms.reduce((own, transform) => transform(own), gradient);
  const { advance } = rule;
  return {
    ...rule,
    update: (gradient, state, learningRate, parameters) => rule.update(seen(gradient), state, learningRate, parameters),
    ...(advance && {
      advance: (parameters, gradient, state, learningRate) => advance(parameters, seen(gradient), state, learningRate),
    }),
  };
}

/**
 * Shortens a gradient, all arrays together, to a length at most: one wild minibatch does not undo many good ones.
 *
 * @param most  above 0
 * @throws BAD_OPTION
 *
 * Source: Pascanu, Mikolov & Bengio (2013), algorithm 1.
 *
 * @example
 * clipByNorm(1)({ w: Float64Array.of(3, 4) }); // { w: [0.6, 0.8] }
 */
export function clipByNorm(most: number): GradientTransform {
  if (!(typeof most === 'number' && most > 0))
    fail('core/clipByNorm', 'BAD_OPTION', `the length of gradients is ${show(most)}, a number above 0 was due`);
  return (gradient) => {
    const length = Math.sqrt(Object.values(gradient).reduce((sum, own) => sum + squareSum(own), 0));
    return length <= most ? gradient : mapArrayNames(gradient, (own) => scaled(own, most / length));
  };
}

/** Plain loops here: those of typed arrays' own methods take eight times as long. */
function squareSum(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return sum;
}

function scaled(x: Float64Array, factor: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < y.length; i++) y[i] = factor * x[i]!;
  return y;
}
