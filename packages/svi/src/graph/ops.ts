import { fail } from '@mixtention/core/base';
import { elementwise } from './elementwise.ts';
import { broadcastShapes, type Shape, sameShape, settleAxes, showShape, sizeOf } from './shape.ts';
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

/** a + b + …, number by number; shapes broadcast. */
export const add: Fold = folded((a, b) => {
  if (numberOf(a) === 0 && spares(b, a)) return b;
  if (numberOf(b) === 0 && spares(a, b)) return a;
  return apply('add', a, b);
}, 'svi/add');

/** a · b · …, number by number; shapes broadcast. */
export const mul: Fold = folded((a, b) => {
  if (numberOf(a) === 1 && spares(b, a)) return b;
  if (numberOf(b) === 1 && spares(a, b)) return a;
  return apply('mul', a, b);
}, 'svi/mul');

export const sub = (a: ValueLike, b: ValueLike): Value => unchanged(a, b, 0, 'svi/sub') ?? apply('sub', a, b);
export const div = (a: ValueLike, b: ValueLike): Value => unchanged(a, b, 1, 'svi/div') ?? apply('div', a, b);
export const pow = (a: ValueLike, b: ValueLike): Value => apply('pow', a, b);
export const maximum = (a: ValueLike, b: ValueLike): Value => apply('maximum', a, b);
export const minimum = (a: ValueLike, b: ValueLike): Value => apply('minimum', a, b);
/** 1 where a < b, else 0; no gradient. */
export const less = (a: ValueLike, b: ValueLike): Value => apply('less', a, b);
/** 1 where a = b, else 0; no gradient. */
export const equal = (a: ValueLike, b: ValueLike): Value => apply('equal', a, b);
/** `yes` where the condition is not 0, else `no`. */
export const where = (condition: ValueLike, yes: ValueLike, no: ValueLike): Value => apply('where', condition, yes, no);
export const neg = (x: ValueLike): Value => apply('neg', x);
export const exp = (x: ValueLike): Value => apply('exp', x);
export const log = (x: ValueLike): Value => apply('log', x);
export const log1p = (x: ValueLike): Value => apply('log1p', x);
export const expm1 = (x: ValueLike): Value => apply('expm1', x);
export const sqrt = (x: ValueLike): Value => apply('sqrt', x);
export const abs = (x: ValueLike): Value => apply('abs', x);
export const tanh = (x: ValueLike): Value => apply('tanh', x);
export const sin = (x: ValueLike): Value => apply('sin', x);
export const cos = (x: ValueLike): Value => apply('cos', x);
export const atan = (x: ValueLike): Value => apply('atan', x);
export const lgamma = (x: ValueLike): Value => apply('lgamma', x);
export const digamma = (x: ValueLike): Value => apply('digamma', x);
/** 1/(1 + e^(−x)). */
export const sigmoid = (x: ValueLike): Value => apply('sigmoid', x);
/** log(1 + e^x). */
export const softplus = (x: ValueLike): Value => apply('softplus', x);
export const square = (x: ValueLike): Value => {
  const v = value(x, 'svi/square');
  return mul(v, v);
};
/** The value, held fixed under differentiation. */
export const hold = (x: ValueLike): Value => {
  const v = value(x, 'svi/hold');
  return v.op === 'constant' ? v : apply('hold', v);
};

function reduce(op: 'sum' | 'max', x: Value, axes: number | readonly number[] | undefined, keep: boolean): Value {
  const settled = settleAxes(`svi/${op}`, x.shape, axes);
  if (settled.length === 0) return x;
  const kept = x.shape.map((size, axis) => (settled.includes(axis) ? 1 : size));
  const shape = keep ? kept : kept.filter((_, axis) => !settled.includes(axis));
  if (settled.every((axis) => x.shape[axis] === 1)) return reshape(x, shape);
  return { op, inputs: [x], shape, axes: settled };
}

export type ReduceOptions = {
  /** Leave summed axes in place, of size 1, so that the result broadcasts against what it came from (default false). */
  readonly keep?: boolean;
};

/** The sum over axes; over all where none are named. */
export const sum = (x: ValueLike, axes?: number | readonly number[], { keep = false }: ReduceOptions = {}): Value =>
  reduce('sum', value(x, 'svi/sum'), axes, keep);

/** The largest number along axes; no gradient. */
export const max = (x: ValueLike, axes?: number | readonly number[], { keep = false }: ReduceOptions = {}): Value =>
  reduce('max', value(x, 'svi/max'), axes, keep);

/** The mean over axes; over all where none are named. */
export function mean(x: ValueLike, axes?: number | readonly number[], options: ReduceOptions = {}): Value {
  const v = value(x, 'svi/mean');
  const total = sum(v, axes, options);
  return mul(total, sizeOf(total.shape) / sizeOf(v.shape));
}

/** log Σ e^x over axes without overflow; −∞ where all are. */
export function logSumExp(
  x: ValueLike,
  axes?: number | readonly number[],
  { keep = false }: ReduceOptions = {},
): Value {
  const v = value(x, 'svi/logSumExp');
  const settled = settleAxes('svi/logSumExp', v.shape, axes);
  const top = max(v, settled, { keep: true });
  const finite = where(equal(top, Number.NEGATIVE_INFINITY), 0, top);
  const kept = add(log(sum(exp(sub(v, hold(finite))), settled, { keep: true })), hold(finite));
  return keep
    ? kept
    : reshape(
        kept,
        kept.shape.filter((_, axis) => !settled.includes(axis)),
      );
}

/** x − logSumExp(x) along the last axis: the logarithms of a softmax. */
export const logSoftmax = (x: ValueLike): Value => {
  const v = value(x, 'svi/logSoftmax');
  return sub(v, logSumExp(v, -1, { keep: true }));
};

/** The same numbers in another shape. */
export function reshape(x: ValueLike, shape: Shape): Value {
  const v = value(x, 'svi/reshape');
  if (sizeOf(shape) !== sizeOf(v.shape))
    fail('svi/reshape', 'BAD_SHAPE', `${showShape(v.shape)} cannot become ${showShape(shape)}`);
  if (sameShape(shape, v.shape)) return v;
  if (v.op === 'constant') return constant(v.data!, shape);
  return v.op === 'reshape' ? reshape(v.inputs[0]!, shape) : { op: 'reshape', inputs: [v], shape };
}

/** Stretches to a shape that x broadcasts to. */
export function broadcastTo(x: ValueLike, shape: Shape): Value {
  const v = value(x, 'svi/broadcastTo');
  if (sameShape(v.shape, shape)) return v;
  if (!sameShape(broadcastShapes('svi/broadcastTo', v.shape, shape), shape))
    fail('svi/broadcastTo', 'BAD_SHAPE', `${showShape(v.shape)} does not broadcast to ${showShape(shape)}`);
  if (sizeOf(shape) === sizeOf(v.shape)) return reshape(v, shape);
  return { op: 'add', inputs: [v, constant(new Float64Array(sizeOf(shape)), shape)], shape };
}
