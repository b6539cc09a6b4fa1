import { isRecord } from '../base/tree.ts';
import type { Tree } from '../contracts/index.ts';

/**
 * A place in shared memory for trees of one form. Who was told of it once needs no more than its number to read what another thread has written there.
 */
export type Cell = {
  readonly id: number;
  /** Equal for trees of the same names, lengths, texts and truth values. */
  readonly form: string;
  /** Its arrays are those in shared memory; its numbers mean nothing. */
  readonly tree: Tree;
  /** Those arrays, in the order in which the tree is walked. */
  readonly arrays: readonly Float64Array[];
  /** The numbers outside arrays, in the order in which the tree is walked. */
  readonly numbers: Float64Array;
  /** That its arrays take */
  readonly bytes: number;
};

/**
 * A cell that holds a tree already.
 *
 * @param shares  whether arrays that lie in shared memory stay where they are; all others are copied
 */
export function cellOf(id: number, tree: Tree, shares: boolean): Cell {
  const given = numbersOf(tree);
  const isSettled = (array: Float64Array): boolean => shares && isShared(array);
  const room = arraysOf(tree).reduce((sum, array) => sum + (isSettled(array) ? 0 : array.length), 0);
  const memory = new SharedArrayBuffer(8 * (room + given.length));
  const numbers = new Float64Array(memory, 8 * room);
  numbers.set(given);
  let place = 0;
  const settle = (array: Float64Array): Float64Array => {
    if (isSettled(array)) return array;
    const own = new Float64Array(memory, 8 * place, array.length);
    own.set(array);
    place += array.length;
    return own;
  };
  const settled = mapLeaves(tree, { number: () => 0, array: settle });
  const arrays = arraysOf(settled);
  const bytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { id, form: formOf(tree), tree: settled, arrays, numbers, bytes };
}

/**
 * Writes a tree into a cell.
 *
 * @param shares  whether arrays in shared memory must be those of the cell, which are not copied then
 * @returns false where the tree has another form, or other shared arrays: then the cell holds nothing that can be used
 */
export function fillCell({ tree, numbers }: Cell, given: Tree, shares: boolean): boolean {
  let next = 0;
  const fill = (own: Tree, from: Tree): boolean => {
    if (typeof own === 'number') {
      if (typeof from !== 'number') return false;
      numbers[next++] = from;
      return true;
    }
    if (own instanceof Float64Array) {
      if (!(from instanceof Float64Array) || from.length !== own.length) return false;
      if (shares && isShared(from)) return from.buffer === own.buffer && from.byteOffset === own.byteOffset;
      own.set(from);
      return true;
    }
    if (Array.isArray(own))
      return Array.isArray(from) && from.length === own.length && own.every((part, i) => fill(part, from[i]));
    if (isRecord(own)) {
      if (!isRecord(from)) return false;
      let names = 0;
      for (const name in own) {
        if (!Object.hasOwn(from, name) || !fill(own[name]!, from[name]!)) return false;
        names++;
      }
      return Object.keys(from).length === names;
    }
    return own === from;
  };
  return fill(tree, given);
}

/** What a cell holds now: a tree of its own, whose arrays are those of the cell, under new views. */
export function readCell({ tree, numbers }: Cell): Tree {
  let next = 0;
  return mapLeaves(tree, { number: () => numbers[next++]!, array: (array) => array.subarray() });
}

type Leaves = {
  readonly number: (value: number) => number;
  readonly array: (array: Float64Array) => Float64Array;
};

/** The same tree with other numbers and arrays, in the order in which all trees are walked here. */
export function mapLeaves(tree: Tree, to: Leaves): Tree {
  if (typeof tree === 'number') return to.number(tree);
  if (tree instanceof Float64Array) return to.array(tree);
  if (Array.isArray(tree)) return tree.map((part) => mapLeaves(part, to));
  if (!isRecord(tree)) return tree;
  const made: Record<string, Tree> = {};
  for (const name of Object.keys(tree)) made[name] = mapLeaves(tree[name]!, to);
  return made;
}

/** The arrays of a tree, in order. */
export function arraysOf(tree: Tree): Float64Array[] {
  const arrays: Float64Array[] = [];
  const take = (array: Float64Array): Float64Array => {
    arrays.push(array);
    return array;
  };
  mapLeaves(tree, { number: (value) => value, array: take });
  return arrays;
}

/** The numbers of a tree outside its arrays, in order. */
export function numbersOf(tree: Tree): Float64Array {
  const numbers: number[] = [];
  const take = (value: number): number => {
    numbers.push(value);
    return value;
  };
  mapLeaves(tree, { number: take, array: (array) => array });
  return Float64Array.from(numbers);
}

function isShared({ buffer }: Float64Array): boolean {
  return buffer instanceof SharedArrayBuffer;
}

function formOf(tree: Tree): string {
  return String(
    JSON.stringify(tree, (_, value: unknown) => {
      if (value instanceof Float64Array) return { $float64: String(value.length) };
      return typeof value === 'number' ? 0 : value;
    }),
  );
}
