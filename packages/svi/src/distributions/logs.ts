import { equal, log, log1p, mul, neg, sub, type Value, type ValueLike, value, where } from '../graph/index.ts';

/** Whether a number may be among these: constants tell, all else may. */
const mayBe = ({ data }: Value, number: number): boolean => data?.includes(number) ?? true;

/**
 * log p of probabilities that may be 0: −∞ there, with a gradient of 0 where 1/0 would spoil what does not depend on it.
 *
 * @example
 * numberOf(logOf(value(0))); // -Infinity
 */
export const logOf = (p: Value): Value =>
  mayBe(p, 0) ? where(equal(p, 0), Number.NEGATIVE_INFINITY, log(where(equal(p, 0), 1, p))) : log(p);

/**
 * x · log p, and 0 where x is 0, p being what it will; its gradients are finite wherever it is.
 *
 * @example
 * numberOf(timesLog(0, value(0))); // 0
 */
export const timesLog = (x: ValueLike, p: Value): Value =>
  times(x, mayBe(p, 0) ? log(where(equal(p, 0), 1, p)) : log(p), p, 0);

/**
 * x · log(1 − p), likewise.
 *
 * @example
 * numberOf(timesLog1m(0, value(1))); // 0
 */
export const timesLog1m = (x: ValueLike, p: Value): Value =>
  times(x, log1p(neg(mayBe(p, 1) ? where(equal(p, 1), 0, p) : p)), p, 1);

/** x · (a logarithm that is finite), −∞ where p is what it is infinite at, 0 where x is. */
function times(given: ValueLike, logarithm: Value, p: Value, pole: number): Value {
  const x = value(given);
  const product = mul(x, logarithm);
  if (!mayBe(p, pole)) return product;
  const whole = where(equal(p, pole), Number.NEGATIVE_INFINITY, product);
  return mayBe(x, 0) ? where(equal(x, 0), 0, whole) : whole;
}

/**
 * (a − 1) log x of a density at the edge of its support: where a is the constant 1 there is no such factor, and log 0 does not count.
 *
 * @example
 * numberOf(power(value(1), log(0))); // 0
 */
export function power(a: Value, logX: Value): Value {
  const plain = mul(sub(a, 1), logX);
  if (a.data === undefined || !a.data.includes(1)) return plain;
  return where(equal(a, 1), 0, plain);
}
