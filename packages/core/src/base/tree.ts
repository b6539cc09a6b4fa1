import type { Tree } from '../contracts/index.ts';
import { fromBase64, MOST_TEXT, toBase64 } from './base64.ts';
import { counted } from './counted.ts';
import { fail } from './errors.ts';

/**
 * Sum of two trees of one shape: numbers and `Float64Array`s are added, everything else must be equal.
 *
 * @param into  owned by the caller; its arrays are overwritten with the sum
 * @param term  left alone
 * @returns the sum
 * @throws BAD_SHAPE where they differ in shape, or in what is no number
 *
 * @example
 * addTrees({ n: 1, s: Float64Array.of(1, 2) }, { n: 2, s: Float64Array.of(3, 4) }); // { n: 3, s: [4, 6] }
 */
export function addTrees(into: Tree, term: Tree): Tree {
  if (typeof into === 'number' && typeof term === 'number') return into + term;
  if (into instanceof Float64Array && term instanceof Float64Array && into.length === term.length) {
    for (let i = 0; i < into.length; i++) into[i]! += term[i]!;
    return into;
  }
  if (isArray(into) && isArray(term) && into.length === term.length) return into.map((v, i) => addTrees(v, term[i]!));
  if (isRecord(into) && isRecord(term)) {
    const names = Object.keys(into);
    if (names.length === Object.keys(term).length && names.every((name) => Object.hasOwn(term, name))) {
      const sum: Record<string, Tree> = {};
      for (const name of names) sum[name] = addTrees(into[name]!, term[name]!);
      return sum;
    }
  }
  if (into === term) return into;
  return fail(
    'core/addTrees',
    'BAD_SHAPE',
    'statistics of two shards differ in shape; collect must return one shape for every shard',
  );
}

/**
 * A deep copy that shares no array with the original.
 *
 * @example
 * copyTree({ n: 1, s: Float64Array.of(0.5) }); // { n: 1, s: [0.5] }
 */
export function copyTree<T extends Tree>(tree: T): T {
  return mapArrays(tree, (array) => array.slice()) as T;
}

/**
 * The same tree with every typed array replaced.
 *
 * @example
 * mapArrays({ n: 1, s: Float64Array.of(1, 2) }, (array) => array.map((v) => 10 * v)); // { n: 1, s: [10, 20] }
 */
export function mapArrays(tree: Tree, replace: (array: Float64Array) => Float64Array): Tree {
  if (tree instanceof Float64Array) return replace(tree);
  if (isArray(tree)) return tree.map((value) => mapArrays(value, replace));
  if (isRecord(tree)) return Object.fromEntries(Object.entries(tree).map(([name, v]) => [name, mapArrays(v, replace)]));
  return tree;
}

/**
 * Number of bytes in the typed arrays of a tree.
 *
 * @example
 * treeBytes({ n: 1, s: Float64Array.of(1, 2) }); // 16
 */
export function treeBytes(tree: Tree): number {
  let bytes = 0;
  mapArrays(tree, (array) => {
    bytes += array.byteLength;
    return array;
  });
  return bytes;
}

/** Whether two trees hold the same, number by number (NaN is NaN, and −0 is 0). */
export function isSameTree(a: Tree, b: Tree): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b || (Number.isNaN(a) && Number.isNaN(b));
  if (a instanceof Float64Array && b instanceof Float64Array)
    return a.length === b.length && a.every((value, i) => isSameTree(value, b[i]!));
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((value, i) => isSameTree(value, b[i]!));
  if (isRecord(a) && isRecord(b)) {
    const names = Object.keys(a);
    const others = Object.keys(b).length;
    return names.length === others && names.every((name) => Object.hasOwn(b, name) && isSameTree(a[name]!, b[name]!));
  }
  return a === b;
}

/**
 * True where every number of the tree is finite (−∞ is allowed: it switches a component off).
 *
 * @example
 * isHealthy({ n: 1, s: Float64Array.of(Number.NaN) }); // false
 */
export function isHealthy(tree: Tree): boolean {
  return findUnhealthy(tree, '') === null;
}

/** The first number of a tree that is NaN or +∞, by its path: `state.params.means[3] is NaN`; null where there is none. */
export function findUnhealthy(tree: Tree, path: string): string | null {
  const isBad = (value: number): boolean => Number.isNaN(value) || value === Number.POSITIVE_INFINITY;
  if (typeof tree === 'number') return isBad(tree) ? `${path} is ${tree}` : null;
  if (tree instanceof Float64Array) {
    const at = tree.findIndex(isBad);
    return at < 0 ? null : `${path}[${at}] is ${tree[at]}`;
  }
  const parts = isArray(tree)
    ? tree.map((part, i) => [`[${i}]`, part] as const)
    : isRecord(tree)
      ? Object.entries(tree).map(([name, part]) => [`.${name}`, part] as const)
      : [];
  for (const [name, part] of parts) {
    const found = findUnhealthy(part, `${path}${name}`);
    if (found !== null) return found;
  }
  return null;
}

/**
 * JSON text of a tree; arrays as base64 of little-endian float64, so that every bit survives (−∞ and −0 included).
 *
 * @param most  characters that the text may have; by default what a text can hold: about 50 million numbers
 * @throws BAD_MODEL for a tree that takes more
 *
 * @example
 * encodeTree({ n: 1, s: Float64Array.of(0.5) }); // '{"n":1,"s":{"$float64":"AAAAAAAA4D8="}}'
 */
export function encodeTree(tree: Tree, most: number = MOST_TEXT): string {
  const refuse = (): never =>
    fail(
      'core/encodeTree',
      'BAD_MODEL',
      `${counted(treeBytes(tree) / 8, 'number')} take a text of more than ${most} characters`,
    );
  // Before memory is taken for it.
  if ((treeBytes(tree) * 4) / 3 > most) return refuse();
  const text = stringify(tree);
  return text === null || text.length > most ? refuse() : text;
}

/** JSON text, null where it would be too long for any. */
function stringify(tree: Tree): string | null {
  try {
    return JSON.stringify(tree, (_, value: unknown) => {
      if (value instanceof Float64Array) return { $float64: toBase64(value) };
      if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
      // JSON would lose the sign.
      if (Object.is(value, -0)) return { $number: '-0' };
      return value;
    });
  } catch (cause) {
    if (cause instanceof RangeError && cause.message === 'Invalid string length') return null;
    throw cause;
  }
}

/**
 * The tree that `encodeTree` wrote. Names such as `__proto__` are refused, and so is anything that is not plain data.
 *
 * @throws BAD_MODEL
 *
 * @example
 * decodeTree(encodeTree({ n: 1, s: Float64Array.of(0.5) })); // { n: 1, s: [0.5] }
 */
export function decodeTree(text: string): Tree {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    return fail('core/decodeTree', 'BAD_MODEL', `not JSON: ${(cause as Error).message}`, cause);
  }
  return revive(parsed, 0);
}

function revive(value: unknown, depth: number): Tree {
  if (depth > 64) fail('core/decodeTree', 'BAD_MODEL', 'nested deeper than 64 levels');
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map((v) => revive(v, depth + 1));
  const record = value as Record<string, unknown>;
  if (typeof record.$float64 === 'string') return fromBase64(record.$float64);
  if (typeof record.$number === 'string') return Number(record.$number);
  const result: Record<string, Tree> = {};
  for (const name of Object.keys(record)) {
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      fail('core/decodeTree', 'BAD_MODEL', `the name "${name}" is not allowed`);
    }
    result[name] = revive(record[name], depth + 1);
  }
  return result;
}

function isArray(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

/**
 * True for an object of named parts.
 *
 * @example
 * isRecord(Float64Array.of(1)); // false
 */
export function isRecord(tree: Tree): tree is { readonly [key: string]: Tree } {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) && !(tree instanceof Float64Array);
}
