import { fail, nearest } from '@mixtention/core';
import { adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

export type OptimizerName = 'adam' | 'sgd';

const makers: { readonly [name in OptimizerName]: () => Optimizer } = { adam, sgd };

/** The optimizer of a name, with its usual constants. */
export function optimizerNamed(name: OptimizerName, where: string): Optimizer {
  if (Object.hasOwn(makers, name)) return makers[name]();
  const near = nearest(String(name), Object.keys(makers));
  return fail(
    where,
    'UNKNOWN_NAME',
    `no optimizer "${name}"${near ? `, did you mean "${near}"?` : '; known: adam, sgd'}`,
  );
}
