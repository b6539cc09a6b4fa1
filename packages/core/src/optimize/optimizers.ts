import { lookUp } from '../base/index.ts';
import { adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsProp } from './rms-prop.ts';
import { sgd } from './sgd.ts';

export type OptimizerName = 'adam' | 'rmsProp' | 'sgd';

const makers: { readonly [name in OptimizerName]: () => Optimizer } = { adam, rmsProp, sgd };

/** Those that a name stands for (a rule that changes the objective, as `adamW`, is none of them). */
export const optimizerNames: readonly OptimizerName[] = Object.keys(makers) as OptimizerName[];

/**
 * The optimizer of a name, with its usual constants.
 *
 * @example
 * const rule = optimizerNamed('sgd', 'mine/fit');
 * const parameters = { w: Float64Array.of(3) };
 * rule.update({ w: Float64Array.of(2) }, rule.init(parameters), 0.1).updates; // { w: [-0.2] }
 */
export function optimizerNamed(name: OptimizerName, where: string): Optimizer {
  return lookUp(where, 'optimizer', name, makers)();
}
