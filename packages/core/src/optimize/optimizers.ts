import { lookUp } from '../base/index.ts';
import { adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

export type OptimizerName = 'adam' | 'sgd';

const makers: { readonly [name in OptimizerName]: () => Optimizer } = { adam, sgd };

/**
 * The optimizer of a name, with its usual constants.
 *
 * @example
 * optimizerNamed('adam', 'mine/fit').init({ w: Float64Array.of(1) }); // moments of 0 for each array
 */
export function optimizerNamed(name: OptimizerName, where: string): Optimizer {
  return lookUp(where, 'optimizer', name, makers)();
}
