import { fail, show } from '@mixtention/core/base';
import { equal, where } from './ops.ts';
import { reshape } from './reduce.ts';
import { type Shape, sameShape, settleAxes, showShape, sizeOf, stridesIn } from './shape.ts';
import { isValue, type Value, type ValueLike, value } from './value.ts';

/** Numbers of x by their places in row-major order: `out[i] = x[positions[i]]`. */
export const takeFlat = (x: Value, positions: Int32Array, shape: Shape): Value => ({
  op: 'take',
  inputs: [x],
  shape,
  positions,
});

/** An array of zeros into which x is added: `out[positions[i]] += x[i]`. */
export const scatterFlat = (x: Value, positions: Int32Array, shape: Shape): Value => ({
  op: 'scatter',
  inputs: [x],
  shape,
  positions,
});

/**
 * The part of x with some places along an axis: one (the axis goes), a list of them, or those that a value says, as a discrete latent (its axes stand where the axis was), or the groups of the members of a minibatch.
 *
 * Of a value that is known when the program runs alone, every place is made and one of them chosen; one that is not there gives NaN. Rows of known places, as `rows(groups)` in a plate with `subsample`, are looked up along the
 * first axis.
 *
 * @throws BAD_SHAPE for an axis or a place that is not there
 *
 * @example
 * const x = value([[1, 2, 3], [4, 5, 6]]);
 * const { run, outputs } = compile([take(x, 1), take(x, [2, 0], 1)], []);
 * run();
 * outputs; // [4, 5, 6, 3, 1, 6, 4]: row 1; then columns 2 and 0
 */
export function take(x: ValueLike, places: number | ArrayLike<number> | Value, axis = 0): Value {
  const v = value(x, 'svi/take');
  const [at] = settleAxes('svi/take', v.shape, axis) as [number];
  if (isValue(places)) {
    if (places.op !== 'constant') {
      const members = at === 0 ? placesOf(places, v.shape) : null;
      return members === null ? chosen(v, places, at) : rows(v, members);
    }
    const taken = take(v, places.data!, at);
    return reshape(taken, [...v.shape.slice(0, at), ...places.shape, ...v.shape.slice(at + 1)]);
  }
  const list = typeof places === 'number' ? [places] : Array.from(places);
  for (const place of list)
    if (!Number.isInteger(place) || place < 0 || place >= v.shape[at]!)
      fail('svi/take', 'BAD_SHAPE', `place ${place} was asked for along axis ${at} of ${showShape(v.shape)}`);
  const inner = sizeOf(v.shape.slice(at + 1));
  const outer = sizeOf(v.shape.slice(0, at));
  const positions = new Int32Array(outer * list.length * inner);
  let n = 0;
  for (let o = 0; o < outer; o++)
    for (const place of list) for (let i = 0; i < inner; i++) positions[n++] = (o * v.shape[at]! + place) * inner + i;
  const middle = typeof places === 'number' ? [] : [list.length];
  return takeFlat(v, positions, [...v.shape.slice(0, at), ...middle, ...v.shape.slice(at + 1)]);
}

/** One of the places along an axis, by a value that is no constant. */
function chosen(x: Value, places: Value, at: number): Value {
  const [before, after] = [x.shape.slice(0, at), x.shape.slice(at + 1)];
  const which = reshape(places, [...places.shape, ...after.map(() => 1)]);
  const shape = [...before, ...places.shape.map(() => 1), ...after];
  return Array.from({ length: x.shape[at]! }, (_, k) => k).reduce<Value>(
    (others, k) => where(equal(which, k), reshape(take(x, k, at), shape), others),
    value(Number.NaN),
  );
}

/**
 * The places from `start` up to, not with, `end` along an axis.
 *
 * @throws BAD_SHAPE for an axis or a place that is not there
 *
 * @example
 * const { run, outputs } = compile([slice([5, 6, 7, 8], 1, 3)], []);
 * run();
 * outputs; // [6, 7]
 */
export const slice = (x: ValueLike, start: number, end: number, axis = 0): Value => {
  if (!(Number.isInteger(start) && Number.isInteger(end)))
    fail('svi/slice', 'BAD_SHAPE', `places ${show(start)} to ${show(end)} were asked for, whole numbers were due`);
  return take(
    x,
    Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i),
    axis,
  );
};

/**
 * Axes in another order; reversed where none is given.
 *
 * @throws BAD_SHAPE where the order names other axes than those of x
 *
 * @example
 * const { run, outputs } = compile([transpose([[1, 2, 3], [4, 5, 6]])], []);
 * run();
 * outputs; // [1, 4, 2, 5, 3, 6]
 */
export function transpose(x: ValueLike, order?: readonly number[]): Value {
  const v = value(x, 'svi/transpose');
  const axes = order ?? v.shape.map((_, axis) => v.shape.length - 1 - axis);
  if (
    !sameShape(
      [...axes].sort((a, b) => a - b),
      v.shape.map((_, axis) => axis),
    )
  )
    fail('svi/transpose', 'BAD_SHAPE', `axes ${axes.join(', ')} are no order of those of ${showShape(v.shape)}`);
  const shape = axes.map((axis) => v.shape[axis]!);
  const steps = stridesIn(v.shape, v.shape);
  const positions = new Int32Array(sizeOf(shape));
  for (let i = 0; i < positions.length; i++) {
    let rest = i;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      positions[i]! += (rest % shape[axis]!) * steps[axes[axis]!]!;
      rest = Math.floor(rest / shape[axis]!);
    }
  }
  return takeFlat(v, positions, shape);
}

/**
 * Arrays one after another along an axis; all other axes agree.
 *
 * @throws BAD_SHAPE where other axes differ, or no array comes
 *
 * @example
 * concat([[[1], [2]], [[3], [4]]], 1).shape; // [2, 2]
 * const { run, outputs } = compile([concat([[1, 2], [3]])], []);
 * run();
 * outputs; // [1, 2, 3]
 */
export function concat(parts: readonly ValueLike[], axis = 0): Value {
  const values = parts.map((part) => value(part, 'svi/concat'));
  const first = values[0];
  if (first === undefined) return fail('svi/concat', 'BAD_SHAPE', 'no arrays came, at least one was due');
  const [at] = settleAxes('svi/concat', first.shape, axis) as [number];
  for (const v of values)
    if (v.shape.length !== first.shape.length || v.shape.some((size, a) => a !== at && size !== first.shape[a]))
      fail('svi/concat', 'BAD_SHAPE', `${showShape(first.shape)} and ${showShape(v.shape)} differ beside axis ${at}`);
  const length = values.reduce((total, v) => total + v.shape[at]!, 0);
  const shape = first.shape.map((size, a) => (a === at ? length : size));
  if (values.length === 1) return first;
  if (sizeOf(shape.slice(0, at)) === 1) return { op: 'concat', inputs: values, shape };
  // Along an inner axis: outermost first, then put in order.
  const flat: Value = { op: 'concat', inputs: values, shape: [sizeOf(shape)] };
  const inner = sizeOf(shape.slice(at + 1));
  const positions = new Int32Array(sizeOf(shape));
  let before = 0;
  let start = 0;
  for (const v of values) {
    const own = v.shape[at]! * inner;
    for (let i = 0; i < sizeOf(v.shape); i++)
      positions[Math.floor(i / own) * length * inner + before * inner + (i % own)] = start + i;
    before += v.shape[at]!;
    start += sizeOf(v.shape);
  }
  return takeFlat(flat, positions, shape);
}

/**
 * Arrays of one shape under a new axis of the result; negative ones count from its last.
 *
 * @throws BAD_SHAPE where the shapes differ, or for an axis that the result does not have
 *
 * @example
 * stack([[1, 2], [3, 4], [5, 6]]).shape; // [3, 2]
 */
export const stack = (parts: readonly ValueLike[], axis = 0): Value => {
  const values = parts.map((part) => value(part, 'svi/stack'));
  // The new axis is one of the result's.
  const [at = 0] = values.length === 0 ? [] : settleAxes('svi/stack', [...values[0]!.shape, values.length], axis);
  return concat(
    values.map((v) => reshape(v, [...v.shape.slice(0, at), 1, ...v.shape.slice(at)])),
    at,
  );
};

/**
 * The rows of x (its first axis) that an index names: minibatches. For other places see `take`.
 *
 * @throws BAD_SHAPE for a number; BAD_MODEL for what is no index
 *
 * @example
 * rows([[1, 2], [3, 4], [5, 6]], index('batch', 2)).shape; // [2, 2]
 */
export const rows = (x: ValueLike, which: Value): Value => {
  const v = value(x, 'svi/rows');
  if (v.shape.length === 0) fail('svi/rows', 'BAD_SHAPE', 'rows of a number were asked for, an array was due');
  if (which?.op !== 'index' && which?.op !== 'places')
    fail('svi/rows', 'BAD_MODEL', 'rows() takes the index of a minibatch alone; for other places take take(x, places)');
  return { op: 'rows', inputs: [v, which], shape: [...which.shape, ...v.shape.slice(1)] };
};

/** Row numbers that are rows of known ones. */
export const placesAt = (positions: Int32Array, index: Value): Value => ({
  op: 'places',
  inputs: [index],
  positions,
  shape: index.shape,
});

/** Rows of known whole numbers as places along the first axis of an array; null for what is none. */
function placesOf(which: Value, of: Shape): Value | null {
  const [table, index] = which.op === 'rows' ? (which.inputs as [Value, Value]) : [];
  if (table?.op !== 'constant' || index === undefined || table.shape.length !== 1) return null;
  for (const place of table.data!)
    if (!Number.isInteger(place) || place < 0 || place >= of[0]!)
      fail('svi/take', 'BAD_SHAPE', `place ${place} was asked for along axis 0 of ${showShape(of)}`);
  return placesAt(Int32Array.from(table.data!), index);
}

/**
 * A running sum along the last axis.
 *
 * @example
 * const { run, outputs } = compile([cumulativeSum([1, 2, 3])], []);
 * run();
 * outputs; // [1, 3, 6]
 */
export const cumulativeSum = (x: ValueLike): Value => {
  const v = value(x, 'svi/cumulativeSum');
  return { op: 'cumulative', inputs: [v], shape: v.shape, transposed: [false] };
};
