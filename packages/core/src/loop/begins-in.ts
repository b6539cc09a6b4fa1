import { fail, lookUp } from '../base/errors.ts';
import type { Executor, Precision, PrecisionChoice } from '../contracts/index.ts';

const CHOICES = { auto: 'auto', float32: 'float32', float64: 'float64' } as const;

/**
 * The precision that a run begins in.
 *
 * @param where  for messages
 * @throws UNKNOWN_NAME for another word; BAD_OPTION for float32 on an executor without it
 *
 * @example
 * beginsIn('mine/run', 'auto', inline(wasm())); // 'float32'
 */
export function beginsIn(
  where: string,
  choice: PrecisionChoice,
  { backend, precision }: Pick<Executor, 'backend' | 'precision'>,
): Precision {
  const asked = lookUp(where, 'precision', choice, CHOICES);
  if (asked === 'float32' && precision !== 'float32')
    fail(
      where,
      'BAD_OPTION',
      `precision is float32, but the executor works in float64 alone (${backend}); take one on a backend in float32, or precision auto or float64`,
    );
  return asked === 'auto' ? precision : asked;
}
