import { fail, show } from '@mixtention/core/base';

/** Sizes of an array's axes, outermost first; `[]` is a number. */
export type Shape = readonly number[];

/**
 * How many numbers an array of this shape holds.
 *
 * @example
 * sizeOf([3, 2]); // 6
 * sizeOf([]); // 1
 */
export const sizeOf = (shape: Shape): number => shape.reduce((size, axis) => size * axis, 1);

/**
 * A shape as messages name it: `[3, 2]`, or "a number".
 *
 * @example
 * showShape([3, 2]); // '[3, 2]'
 * showShape([]); // 'a number'
 */
export const showShape = (shape: Shape): string => (shape.length === 0 ? 'a number' : `[${shape.join(', ')}]`);

/** Refuses what is no list of sizes. */
export function checkShape(where: string, shape: Shape): void {
  const wrong = Array.isArray(shape) ? shape.findIndex((size) => !Number.isInteger(size) || size < 0) : -1;
  if (!Array.isArray(shape) || wrong >= 0)
    fail(
      where,
      'BAD_SHAPE',
      `the shape ${wrong >= 0 ? `has an axis of ${show(shape[wrong])}` : `is ${show(shape)}`}, a list of whole numbers from 0 was due`,
    );
}

/**
 * Whether two shapes have the same axes, in size and order.
 *
 * @example
 * sameShape([3, 2], [3, 2]); // true
 * sameShape([3, 2], [2, 3]); // false
 */
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((axis, i) => axis === b[i]);

/**
 * The shape that arrays broadcast to: aligned at the last axis, an axis of 1 stretches.
 *
 * @throws BAD_SHAPE naming both shapes
 *
 * @example
 * broadcastShapes('mine/add', [8, 1], [3]); // [8, 3]
 */
export function broadcastShapes(where: string, ...shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let size = 1;
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own === 1 || own === size) continue;
      if (size !== 1) fail(where, 'BAD_SHAPE', `shapes ${told(shapes)} do not broadcast`);
      size = own;
    }
    return size;
  });
}

const told = (shapes: readonly Shape[]): string =>
  shapes
    .filter((shape) => shape.length > 0)
    .map(showShape)
    .join(' and ');

/** Steps through memory of an array along the axes of the shape that it is broadcast to; 0 where it is stretched. */
export function stridesIn(own: Shape, target: Shape): number[] {
  const strides = new Array<number>(target.length).fill(0);
  let step = 1;
  for (let axis = own.length - 1; axis >= 0; axis--) {
    if (own[axis] !== 1) strides[axis - own.length + target.length] = step;
    step *= own[axis]!;
  }
  return strides;
}

/** Axes counted from the front, in order; negative ones count from the back, none given means all. */
export function settleAxes(where: string, shape: Shape, axes: number | readonly number[] | undefined): number[] {
  const given = axes === undefined ? shape.map((_, axis) => axis) : typeof axes === 'number' ? [axes] : [...axes];
  const settled = given.map((axis) => {
    if (!Number.isInteger(axis) || axis < -shape.length || axis >= shape.length)
      fail(where, 'BAD_SHAPE', `axis ${axis} was asked for of ${showShape(shape)}`);
    return axis < 0 ? axis + shape.length : axis;
  });
  return [...new Set(settled)].sort((a, b) => a - b);
}
