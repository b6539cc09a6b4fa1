import type { Tree, TreeShape } from '@mixtention/core';
import { isRecord } from '@mixtention/core/base';

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
