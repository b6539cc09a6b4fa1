import { fail } from '@mixtention/core/base';
import { abs, add, exp, hold, less, log, mul, sub, where } from './ops.ts';
import { broadcastShapes, checkShape, type Shape, sameShape, settleAxes, showShape, sizeOf } from './shape.ts';
import { constant, type Value, type ValueLike, value } from './value.ts';

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

/**
 * The sum over axes; over all where none are named.
 *
 * @throws BAD_SHAPE for an axis that is not there
 *
 * @example
 * sum([[1, 2, 3], [4, 5, 6]], 1).shape; // [2]
 * const { run, outputs } = compile([sum([[1, 2, 3], [4, 5, 6]], 0)], []);
 * run();
 * outputs; // [5, 7, 9]
 */
export const sum = (x: ValueLike, axes?: number | readonly number[], { keep = false }: ReduceOptions = {}): Value =>
  reduce('sum', value(x, 'svi/sum'), axes, keep);

/**
 * The largest number along axes; no gradient.
 *
 * @throws BAD_SHAPE for an axis that is not there
 *
 * @example
 * const { run, outputs } = compile([max([[1, 5, 3], [4, 2, 6]], 1)], []);
 * run();
 * outputs; // [5, 6]
 */
export const max = (x: ValueLike, axes?: number | readonly number[], { keep = false }: ReduceOptions = {}): Value =>
  reduce('max', value(x, 'svi/max'), axes, keep);

/**
 * The mean over axes; over all where none are named.
 *
 * @throws BAD_SHAPE for an axis that is not there
 *
 * @example
 * const { run, outputs } = compile([mean([1, 2, 6])], []);
 * run();
 * outputs; // [3]
 */
export function mean(x: ValueLike, axes?: number | readonly number[], options: ReduceOptions = {}): Value {
  const v = value(x, 'svi/mean');
  const total = sum(v, axes, options);
  return mul(total, sizeOf(total.shape) / sizeOf(v.shape));
}

/**
 * log Σ e^x over axes without overflow; −∞ where all are.
 *
 * @throws BAD_SHAPE for an axis that is not there
 *
 * @example
 * const { run, outputs } = compile([logSumExp([1000, 1000])], []);
 * run();
 * outputs; // [1000.693]
 */
export function logSumExp(
  x: ValueLike,
  axes?: number | readonly number[],
  { keep = false }: ReduceOptions = {},
): Value {
  const v = value(x, 'svi/logSumExp');
  const settled = settleAxes('svi/logSumExp', v.shape, axes);
  const top = max(v, settled, { keep: true });
  const finite = where(less(abs(top), Number.POSITIVE_INFINITY), top, 0);
  const kept = add(log(sum(exp(sub(v, hold(finite))), settled, { keep: true })), hold(finite));
  return keep
    ? kept
    : reshape(
        kept,
        kept.shape.filter((_, axis) => !settled.includes(axis)),
      );
}

/**
 * x − logSumExp(x) along the last axis: the logarithms of a softmax.
 *
 * @example
 * const { run, outputs } = compile([exp(logSoftmax([0, Math.log(3)]))], []);
 * run();
 * outputs; // [0.25, 0.75]
 */
export const logSoftmax = (x: ValueLike): Value => {
  const v = value(x, 'svi/logSoftmax');
  return sub(v, logSumExp(v, -1, { keep: true }));
};

/**
 * The same numbers in another shape.
 *
 * @throws BAD_SHAPE where the sizes differ, or for what is no shape
 *
 * @example
 * reshape([1, 2, 3, 4, 5, 6], [2, 3]).shape; // [2, 3]
 */
export function reshape(x: ValueLike, shape: Shape): Value {
  const v = value(x, 'svi/reshape');
  checkShape('svi/reshape', shape);
  if (sizeOf(shape) !== sizeOf(v.shape))
    fail('svi/reshape', 'BAD_SHAPE', `${showShape(v.shape)} cannot become ${showShape(shape)}`);
  if (sameShape(shape, v.shape)) return v;
  if (v.op === 'constant') return constant(v.data!, shape);
  return v.op === 'reshape' ? reshape(v.inputs[0]!, shape) : { op: 'reshape', inputs: [v], shape };
}

/**
 * Stretches to a shape that x broadcasts to.
 *
 * @throws BAD_SHAPE where it does not, or for what is no shape
 *
 * @example
 * const { run, outputs } = compile([broadcastTo([1, 2], [2, 2])], []);
 * run();
 * outputs; // [1, 2, 1, 2]
 */
export function broadcastTo(x: ValueLike, shape: Shape): Value {
  const v = value(x, 'svi/broadcastTo');
  checkShape('svi/broadcastTo', shape);
  if (sameShape(v.shape, shape)) return v;
  if (!sameShape(broadcastShapes('svi/broadcastTo', v.shape, shape), shape))
    fail('svi/broadcastTo', 'BAD_SHAPE', `${showShape(v.shape)} does not broadcast to ${showShape(shape)}`);
  if (sizeOf(shape) === sizeOf(v.shape)) return reshape(v, shape);
  return { op: 'add', inputs: [v, constant(new Float64Array(sizeOf(shape)), shape)], shape };
}
