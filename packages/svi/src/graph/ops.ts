import { elementwise } from './elementwise.ts';
import { broadcastShapes, sameShape } from './shape.ts';
import { constant, numberOf, type Value, type ValueLike, value } from './value.ts';

/** Any operation of the table on values; shapes broadcast. */
export function apply(op: string, ...operands: readonly ValueLike[]): Value {
  const where = `svi/${op}`;
  const inputs = operands.map((operand) => value(operand, where));
  const numbers = inputs.map(numberOf);
  const shape = broadcastShapes(where, ...inputs.map((x) => x.shape));
  if (shape.length === 0 && numbers.every((x) => x !== undefined)) {
    const [a = 0, b = 0, c = 0] = numbers;
    return constant(Float64Array.of(elementwise[op]!.apply(a, b, c)), []);
  }
  return { op, inputs, shape };
}

type Fold = (a: ValueLike, b: ValueLike, ...more: readonly ValueLike[]) => Value;

const folded =
  (pair: (a: Value, b: Value) => Value, where: string): Fold =>
  (a, b, ...more) =>
    [b, ...more].reduce<Value>((left, right) => pair(left, value(right, where)), value(a, where));

/** Whether an operand that changes no number may be dropped: the result has the other's shape. */
const spares = (kept: Value, dropped: Value): boolean =>
  dropped.shape.length === 0 || sameShape(kept.shape, broadcastShapes('svi/add', kept.shape, dropped.shape));

/** The first operand, where the second is the number that changes nothing. */
function unchanged(a: ValueLike, b: ValueLike, neutral: number, where: string): Value | null {
  const kept = value(a, where);
  const other = value(b, where);
  return numberOf(other) === neutral && spares(kept, other) ? kept : null;
}

/**
 * a + b + …, number by number; shapes broadcast.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * numberOf(add(1, 2, 3)); // 6
 * add([[1], [2]], [1, 2, 3]).shape; // [2, 3]
 */
export const add: Fold = folded((a, b) => {
  if (numberOf(a) === 0 && spares(b, a)) return b;
  if (numberOf(b) === 0 && spares(a, b)) return a;
  return apply('add', a, b);
}, 'svi/add');

/**
 * a · b · …, number by number; shapes broadcast.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * numberOf(mul(2, 3, 4)); // 24
 */
export const mul: Fold = folded((a, b) => {
  if (numberOf(a) === 1 && spares(b, a)) return b;
  if (numberOf(b) === 1 && spares(a, b)) return a;
  return apply('mul', a, b);
}, 'svi/mul');

/**
 * a − b, number by number; shapes broadcast.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * numberOf(sub(5, 3)); // 2
 */
export const sub = (a: ValueLike, b: ValueLike): Value => unchanged(a, b, 0, 'svi/sub') ?? apply('sub', a, b);
/**
 * a / b, number by number; shapes broadcast.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * numberOf(div(6, 3)); // 2
 */
export const div = (a: ValueLike, b: ValueLike): Value => unchanged(a, b, 1, 'svi/div') ?? apply('div', a, b);
/**
 * a to the power of b, number by number; shapes broadcast.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * numberOf(pow(2, 10)); // 1024
 */
export const pow = (a: ValueLike, b: ValueLike): Value => apply('pow', a, b);
/**
 * The larger of two, number by number; shapes broadcast.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * const { run, outputs } = compile([maximum([1, 5], 3)], []);
 * run();
 * outputs; // [3, 5]
 */
export const maximum = (a: ValueLike, b: ValueLike): Value => apply('maximum', a, b);
/**
 * The smaller of two, number by number; shapes broadcast.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * const { run, outputs } = compile([minimum([1, 5], 3)], []);
 * run();
 * outputs; // [1, 3]
 */
export const minimum = (a: ValueLike, b: ValueLike): Value => apply('minimum', a, b);
/**
 * 1 where a < b, else 0; no gradient.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * numberOf(less(2, 3)); // 1
 */
export const less = (a: ValueLike, b: ValueLike): Value => apply('less', a, b);
/**
 * 1 where a = b, else 0; no gradient.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * numberOf(equal(2, 3)); // 0
 */
export const equal = (a: ValueLike, b: ValueLike): Value => apply('equal', a, b);
/**
 * `yes` where the condition is not 0, else `no`.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * numberOf(where(less(2, 3), 10, 20)); // 10
 */
export const where = (condition: ValueLike, yes: ValueLike, no: ValueLike): Value => apply('where', condition, yes, no);
/**
 * −x.
 *
 * @example
 * numberOf(neg(2)); // -2
 */
export const neg = (x: ValueLike): Value => apply('neg', x);
/**
 * e^x.
 *
 * @example
 * numberOf(exp(1)); // 2.718
 */
export const exp = (x: ValueLike): Value => apply('exp', x);
/**
 * The natural logarithm; NaN below 0, −∞ at 0.
 *
 * @example
 * numberOf(log(10)); // 2.303
 */
export const log = (x: ValueLike): Value => apply('log', x);
/**
 * log(1 + x), exact near 0.
 *
 * @example
 * numberOf(log1p(1e-20)); // 1e-20
 */
export const log1p = (x: ValueLike): Value => apply('log1p', x);
/**
 * e^x − 1, exact near 0.
 *
 * @example
 * numberOf(expm1(1e-20)); // 1e-20
 */
export const expm1 = (x: ValueLike): Value => apply('expm1', x);
/**
 * The square root; NaN below 0.
 *
 * @example
 * numberOf(sqrt(9)); // 3
 */
export const sqrt = (x: ValueLike): Value => apply('sqrt', x);
/**
 * |x|.
 *
 * @example
 * numberOf(abs(-2)); // 2
 */
export const abs = (x: ValueLike): Value => apply('abs', x);
/**
 * The hyperbolic tangent.
 *
 * @example
 * numberOf(tanh(1)); // 0.762
 */
export const tanh = (x: ValueLike): Value => apply('tanh', x);
/**
 * The sine of x in radians.
 *
 * @example
 * numberOf(sin(Math.PI / 2)); // 1
 */
export const sin = (x: ValueLike): Value => apply('sin', x);
/**
 * The cosine of x in radians.
 *
 * @example
 * numberOf(cos(0)); // 1
 */
export const cos = (x: ValueLike): Value => apply('cos', x);
/**
 * The arc tangent, in radians.
 *
 * @example
 * numberOf(atan(1)); // 0.785: π/4
 */
export const atan = (x: ValueLike): Value => apply('atan', x);
/**
 * log |Γ(x)|.
 *
 * @example
 * numberOf(lgamma(5)); // 3.178: log 24
 */
export const lgamma = (x: ValueLike): Value => apply('lgamma', x);
/**
 * log Γ(a) + log Γ(b) − log Γ(a + b), exact where large ones would cancel; a and b above 0.
 *
 * @throws BAD_SHAPE where shapes do not broadcast
 *
 * @example
 * numberOf(logBeta(2, 3)); // -2.485: log 1/12
 */
export const logBeta = (a: ValueLike, b: ValueLike): Value => apply('logBeta', a, b);
/**
 * The derivative of log Γ.
 *
 * @example
 * numberOf(digamma(1)); // -0.577
 */
export const digamma = (x: ValueLike): Value => apply('digamma', x);
/**
 * 1/(1 + e^(−x)).
 *
 * @example
 * numberOf(sigmoid(0)); // 0.5
 */
export const sigmoid = (x: ValueLike): Value => apply('sigmoid', x);
/**
 * log(1 + e^x).
 *
 * @example
 * numberOf(softplus(0)); // 0.693: log 2
 */
export const softplus = (x: ValueLike): Value => apply('softplus', x);
/**
 * The logarithm of the distribution function of the standard normal, log Φ(x), with digits in both tails: for probits, and for what is known to lie below or above a bound.
 *
 *     P(y > c) = Φ((mean − c)/sd);   a probit is bernoulli({ logits: sub(normalLogCdf(x), normalLogCdf(neg(x))) })
 *
 * @example
 * numberOf(normalLogCdf(0)); // -0.693: log ½
 */
export const normalLogCdf = (x: ValueLike): Value => apply('normalLogCdf', x);
/**
 * x², number by number.
 *
 * @example
 * numberOf(square(3)); // 9
 */
export const square = (x: ValueLike): Value => {
  const v = value(x, 'svi/square');
  return mul(v, v);
};
/**
 * The value, held fixed under differentiation.
 *
 * @example
 * const x = input('x', []);
 * const [slope] = differentiate(mul(hold(x), x), [x]);
 * const program = compile([slope], [x]);
 * program.inputs.set([3]);
 * program.run();
 * program.outputs; // [3]: of the second factor alone, not 6
 */
export const hold = (x: ValueLike): Value => {
  const v = value(x, 'svi/hold');
  return v.op === 'constant' ? v : apply('hold', v);
};
