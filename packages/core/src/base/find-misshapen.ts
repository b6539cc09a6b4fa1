import type { Tree } from '../contracts/index.ts';
import { show } from './errors.ts';
import { isRecord } from './tree.ts';

/** What a tree should look like. */
export type Shape = {
  /** Such a tree for one component, and for two: lengths of arrays grow in a straight line with their number K. */
  readonly one: Tree;
  readonly two: Tree;
  /** K */
  readonly components: number;
  /** Single numbers are `same` as in `one`, or `any` finite ones. */
  readonly numbers: 'same' | 'any';
};

/**
 * What keeps a tree from a shape, in words: names, kinds, lengths of arrays, numbers that are not finite. Null when nothing does.
 *
 * @param given  may be anything
 * @param name   of the tree, for the words
 *
 * @example
 * findMisshapen({ a: 'x' }, { one: { a: 1 }, two: { a: 1 }, components: 1, numbers: 'any' }, 'prior'); // 'prior.a is "x", a finite number was due'
 */
export function findMisshapen(given: unknown, shape: Shape, name: string): string | null {
  const { one, two, components, numbers } = shape;
  if (one instanceof Float64Array && two instanceof Float64Array) {
    const wrong = findWrongArray(given, one.length + (components - 1) * (two.length - one.length), name);
    if (wrong !== null) return wrong;
    return (given as Float64Array).every(Number.isFinite) ? null : `${name} holds a number that is not finite`;
  }
  if (isRecord(one) || Array.isArray(one)) return findMisshapenPart(given, shape, name);
  if (numbers === 'any' && typeof one === 'number')
    return Number.isFinite(given) ? null : `${name} is ${show(given)}, a finite number was due`;
  return given === one ? null : `${name} is ${show(given)}, ${show(one)} was due`;
}

/** What keeps a value from being an array of so many numbers, in words. */
export function findWrongArray(value: unknown, length: number, name: string): string | null {
  if (value instanceof Float64Array)
    return value.length === length ? null : `${name} has ${value.length} numbers, ${length} were due`;
  const kind = typeof value === 'object' && value !== null ? 'a Float64Array' : 'an array';
  return `${name} is ${show(value)}, ${kind} of ${length} numbers was due`;
}

/** Lists are compared as objects whose names are 0, 1, …. */
function findMisshapenPart(given: unknown, shape: Shape, name: string): string | null {
  const due = shape.one as { readonly [key: string]: Tree };
  const two = shape.two as typeof due;
  const isKind = Array.isArray(due) ? Array.isArray(given) : isRecord(given as Tree);
  if (!isKind) return `${name} is ${show(given)}, ${show(due)} was due`;
  const parts = given as { readonly [key: string]: unknown };
  const extra = Object.keys(parts).find((key) => !Object.hasOwn(due, key));
  if (extra !== undefined) return `${name} holds "${extra}", which this family does not have`;
  for (const key of Object.keys(due)) {
    const part = Object.hasOwn(parts, key) ? parts[key] : undefined;
    const wrong = findMisshapen(part, { ...shape, one: due[key]!, two: two[key]! }, `${name}.${key}`);
    if (wrong !== null) return wrong;
  }
  return null;
}
