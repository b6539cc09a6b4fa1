import type { Fit } from '@mixtention/mixture';
import type { SelectRow } from './types.ts';

/** What of a fit says how many modes there are. */
type Of = Pick<Fit, 'prior'> & { readonly expectedWeights: Float64Array; readonly activeComponents: number };

/**
 * A bound, and the log number of modes that differ by the order of components alone: the bound is around one of them, and each holds as much of the evidence.
 *
 * Source: Bishop (2006), sec. 10.2.4.
 */
export function boundOf(
  bound: number,
  { prior, activeComponents, expectedWeights }: Of,
): Required<Pick<SelectRow, 'bound' | 'logSymmetricModes'>> {
  const K = expectedWeights.length;
  // Components without rows are as the prior has them: to exchange two of these leads to the same mode.
  const modes = prior.values!.weights.exchangeable ? logFactorial(K) - logFactorial(K - activeComponents) : 0;
  return { bound: bound + modes, logSymmetricModes: modes };
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}
