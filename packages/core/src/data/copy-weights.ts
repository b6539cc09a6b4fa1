import { show } from '../base/errors.ts';

/**
 * True for what is read as a list of numbers: an object with a length.
 *
 * @example
 * isList(Float64Array.of(1)); // true
 */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return typeof value === 'object' && value !== null && Number.isSafeInteger((value as ArrayLike<unknown>).length);
}

/**
 * Copies weights, every one a finite number ≥ 0: text, bigints, holes and null would otherwise count as some number.
 *
 * @param weights  left alone
 * @param into     of the same length; filled
 * @param refuse   is told which weight is none, and how messages name it
 *
 * @example
 * const weights = new Float64Array(2);
 * copyWeights([1, 3], weights, (n, came) => fail('mine/fit', 'BAD_DATA', `the weight of row ${n} is ${came}`));
 * weights; // [1, 3]
 */
export function copyWeights(
  weights: ArrayLike<unknown>,
  into: Float64Array,
  refuse: (index: number, came: string) => never,
): void {
  for (let n = 0; n < into.length; n++) {
    const weight = weights[n];
    if (typeof weight === 'number' && weight >= 0 && weight < Number.POSITIVE_INFINITY) into[n] = weight;
    else refuse(n, typeof weight === 'bigint' ? `${weight}n` : show(weight));
  }
}
