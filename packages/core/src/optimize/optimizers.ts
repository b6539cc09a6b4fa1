import { lookUp } from '../base/index.ts';
import { adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

export type OptimizerName = 'adam' | 'sgd';

const makers: { readonly [name in OptimizerName]: () => Optimizer } = { adam, sgd };

/** The optimizer of a name, with its usual constants. */
export function optimizerNamed(name: OptimizerName, where: string): Optimizer {
  return lookUp(where, 'optimizer', name, makers)();
}
