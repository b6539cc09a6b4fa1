import { fail } from '@mixtention/core/base';
import type { Value } from '../graph/index.ts';

const refuse = (): never =>
  fail(
    'svi/model',
    'BAD_MODEL',
    'a latent, or what was made of one, was used as a number, by +, −, *, <, Math, a place in a list or a text; it is a symbol while the model is stated: take add, sub, mul, exp, where(less(a, b), …), take(x, z) for x[z], and their like',
  );

const refuseParts = (): never =>
  fail(
    'svi/model',
    'BAD_MODEL',
    'a latent, or what was made of one, was taken apart as a list; take(x, 0), take(x, 1), … are its parts',
  );

/** A value that says so where JavaScript would make a number or a text of it: arithmetic would give NaN in silence, and comparisons false. */
export function symbolic(value: Value): Value {
  if (Object.hasOwn(value, Symbol.toPrimitive)) return value;
  return Object.defineProperties(value, {
    [Symbol.toPrimitive]: { value: refuse },
    [Symbol.iterator]: { value: refuseParts },
  });
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
