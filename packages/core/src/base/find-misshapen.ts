import type { TreeShape } from '../contracts/index.ts';
import { counted, wasOrWere } from './counted.ts';
import { show } from './errors.ts';
import { isRecord } from './tree.ts';

/**
 * What keeps a tree from a shape, in words: names, kinds, lengths of arrays, numbers that are not finite. Null when nothing does.
 *
 * @param given  may be anything
 * @param name   of the tree, for the words
 *
 * @example
 * findMisshapen({ a: 'x' }, { a: 'number' }, 'prior'); // 'prior.a is "x", a finite number was due'
 * findMisshapen({ m: Float64Array.of(1) }, { m: [2, 3] }, 'params'); // 'params.m has 1 number, 6 were due'
 */
export function findMisshapen(given: unknown, shape: TreeShape, name: string): string | null {
  if (typeof shape === 'number') return given === shape ? null : `${name} is ${show(given)}, ${shape} was due`;
  if (shape === 'number') return Number.isFinite(given) ? null : `${name} is ${show(given)}, a finite number was due`;
  if (!isDimensions(shape)) return findMisshapenPart(given, shape, name);
  const wrong = findWrongArray(
    given,
    shape.reduce((size, length) => size * length, 1),
    name,
  );
  if (wrong !== null) return wrong;
  return (given as Float64Array).every(Number.isFinite) ? null : `${name} holds a number that is not finite`;
}

/**
 * What keeps a value from being an array of so many numbers, in words.
 *
 * @example
 * findWrongArray(Float64Array.of(1), 2, 'means'); // 'means has 1 number, 2 were due'
 */
export function findWrongArray(value: unknown, length: number, name: string): string | null {
  if (value instanceof Float64Array)
    return value.length === length
      ? null
      : `${name} has ${counted(value.length, 'number')}, ${length} ${wasOrWere(length)} due`;
  const kind = typeof value === 'object' && value !== null ? 'a Float64Array' : 'an array';
  return `${name} is ${show(value)}, ${kind} of ${counted(length, 'number')} was due`;
}

function isDimensions(shape: TreeShape): shape is readonly number[] {
  return Array.isArray(shape);
}

function findMisshapenPart(given: unknown, due: { readonly [name: string]: TreeShape }, name: string): string | null {
  if (!isRecord(given as never)) return `${name} is ${show(given)}, an object was due`;
  const parts = given as { readonly [key: string]: unknown };
  const extra = Object.keys(parts).find((key) => !Object.hasOwn(due, key));
  if (extra !== undefined) return `${name} holds "${extra}", which this family does not have`;
  for (const key of Object.keys(due)) {
    const part = Object.hasOwn(parts, key) ? parts[key] : undefined;
    const wrong = findMisshapen(part, due[key]!, `${name}.${key}`);
    if (wrong !== null) return wrong;
  }
  return null;
}
