import { fail } from '@mixtention/core/base';
import type { Value } from '../graph/index.ts';

const refuse = (): never =>
  fail(
    'svi/model',
    'BAD_MODEL',
    'a latent, or what was made of one, was used as a number, by +, −, *, <, Math or a text; it is a symbol while the model is stated: take add, sub, mul, exp, where(less(a, b), …) and their like',
  );

/** A value that says so where JavaScript would make a number or a text of it: arithmetic would give NaN in silence, and comparisons false. */
export function symbolic(value: Value): Value {
  if (!Object.hasOwn(value, Symbol.toPrimitive)) Object.defineProperty(value, Symbol.toPrimitive, { value: refuse });
  return value;
}

/** Operations whose results are such values. */
export const ofSymbols = <Operations extends object>(operations: Operations): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (...given: readonly unknown[]): Value =>
        symbolic((operation as (...given: readonly unknown[]) => Value)(...given)),
    ]),
  ) as Operations;
