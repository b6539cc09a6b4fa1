import type { Tree, TreeShape } from '@mixtention/core';
import { counted, isRecord, show, wasOrWere } from '@mixtention/core/base';

/**
 * A tree with lists of numbers, nested as a person writes them, as flat arrays where a shape has arrays; all else stays as it is, for whoever checks it.
 *
 * @example
 * listsToArrays({ mean: [1, 2], scale: [[1, 0], [0, 1]] }, { mean: [2], scale: [2, 2] }); // arrays of 2 and of 4 numbers
 */
export function listsToArrays(given: Tree, shape: TreeShape): Tree {
  if (Array.isArray(shape)) return isNested(given, shape) ? Float64Array.from(flat(given)) : given;
  if (typeof shape !== 'object' || !isRecord(given)) return given;
  const parts = shape as { readonly [name: string]: TreeShape };
  return Object.fromEntries(
    Object.entries(given).map(([name, part]) => [
      name,
      Object.hasOwn(parts, name) ? listsToArrays(part, parts[name]!) : part,
    ]),
  );
}

/**
 * What keeps the lists of a tree from being arrays of a shape, in words; null where nothing does, and for all that is no list.
 *
 * @example
 * findWrongList({ scale: [[1, 0], [0]] }, { scale: [2, 2] }, 'prior'); // 'prior.scale[1] has 1 number, 2 were due'
 */
export function findWrongList(given: Tree, shape: TreeShape, name: string): string | null {
  if (Array.isArray(shape))
    return Array.isArray(given) && !isNested(given, shape) ? wrongList(given, shape as readonly number[], name) : null;
  if (typeof shape !== 'object' || !isRecord(given)) return null;
  for (const [key, part] of Object.entries(shape as { readonly [name: string]: TreeShape })) {
    const wrong = Object.hasOwn(given, key) ? findWrongList(given[key]!, part, `${name}.${key}`) : null;
    if (wrong !== null) return wrong;
  }
  return null;
}

function wrongList(given: unknown, [length, ...inner]: readonly number[], name: string): string | null {
  const what = inner.length === 0 ? 'number' : 'list';
  if (!Array.isArray(given)) return `${name} is ${show(given)}, a list of ${counted(length!, what)} was due`;
  if (given.length !== length) return `${name} has ${counted(given.length, what)}, ${length} ${wasOrWere(length!)} due`;
  for (const [i, value] of given.entries()) {
    const wrong =
      inner.length > 0
        ? wrongList(value, inner, `${name}[${i}]`)
        : typeof value === 'number'
          ? null
          : `${name}[${i}] is ${show(value)}, a number was due`;
    if (wrong !== null) return wrong;
  }
  return null;
}

type Nested = readonly (number | Nested)[];

/** Lists of so many lists of so many numbers, or all numbers in one. */
function isNested(given: Tree, dimensions: readonly number[]): given is Nested {
  const isFlat = Array.isArray(given) && given.every((value) => typeof value === 'number');
  return isFlat || (dimensions.length > 0 && isLists(given, dimensions));
}

function isLists(given: Tree, [length, ...inner]: readonly number[]): boolean {
  if (!Array.isArray(given) || given.length !== length) return false;
  return given.every((value) => (inner.length === 0 ? typeof value === 'number' : isLists(value, inner)));
}

function flat(nested: Nested): number[] {
  return nested.flatMap((value) => (typeof value === 'number' ? [value] : flat(value)));
}
