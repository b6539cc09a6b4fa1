import type { Spec, Specified, SpecKind, Tree } from '../contracts/index.ts';
import { fail, show } from './errors.ts';
import { encodeTree, isRecord } from './tree.ts';

const KINDS: readonly SpecKind[] = ['algorithm', 'family', 'weights', 'source', 'model'];

/** What a file holds of a spec: no module, since a file runs no code. */
export type NamedSpec = { readonly kind: SpecKind; readonly name: string; readonly config: Tree };

/**
 * Whether a part of a config is a spec.
 *
 * @example
 * isSpec(bernoulli.spec); // true
 */
export function isSpec(value: unknown): value is Spec {
  return isNamedSpec(value) && typeof (value as Spec).module === 'string' && typeof (value as Spec).from === 'string';
}

/**
 * Whether a part of a file names something.
 *
 * @example
 * isNamedSpec({ kind: 'family', name: 'bernoulli', config: null }); // true
 */
export function isNamedSpec(value: unknown): value is NamedSpec {
  const spec = value as Partial<NamedSpec> | null;
  if (typeof spec !== 'object' || spec === null || spec.config === undefined) return false;
  return KINDS.includes(spec.kind!) && typeof spec.name === 'string';
}

/**
 * A config as plain data: objects that know their spec are replaced by it, what is undefined is left out.
 *
 * @param config  what a factory was called with
 * @throws BAD_OPTION for a function, or an object that is neither plain data nor has a spec
 *
 * @example
 * // The family is there as its spec, with kind, name, module, from and config.
 * specOf({ components: 2, family: bernoulli }).family.name; // 'bernoulli'
 */
export function specOf(config: unknown): Tree {
  return plainPart(config, 'config');
}

function plainPart(value: unknown, path: string): Tree {
  if (value === null || typeof value !== 'object') {
    if (typeof value !== 'function' && typeof value !== 'bigint' && typeof value !== 'symbol' && value !== undefined)
      return value as Tree;
    return fail(
      'core/specOf',
      'BAD_OPTION',
      `${path} is ${show(value)}; plain data, or an object with a spec, was due`,
    );
  }
  if (value instanceof Float64Array) return value;
  if (Array.isArray(value)) return value.map((part, i) => plainPart(part, `${path}[${i}]`));
  if (isSpec((value as Partial<Specified>).spec)) return (value as Specified).spec;
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(parts.map(([name, part]) => [name, plainPart(part, `${path}.${name}`)]));
}

/**
 * The same tree with the specs in it replaced, from the outside in; `replace` says what becomes of each.
 *
 * @example
 * mapSpecs({ family: bernoulli.spec }, ({ name }) => name); // { family: 'bernoulli' }
 */
export function mapSpecs(tree: Tree, replace: (spec: Spec) => Tree): Tree {
  if (isSpec(tree)) return replace(tree);
  if (tree instanceof Float64Array) return tree;
  if (Array.isArray(tree)) return tree.map((part) => mapSpecs(part, replace));
  if (!isRecord(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, part]) => [name, mapSpecs(part, replace)]));
}

/**
 * What a file holds of a spec: kinds, names and configs, down to the parts of parts.
 *
 * @example
 * namesOf(bernoulli.spec); // { kind: 'family', name: 'bernoulli', config: null }
 */
export function namesOf({ kind, name, config }: Spec): NamedSpec {
  return { kind, name, config: mapSpecs(config, namesOf) };
}

const texts = new WeakMap<Spec, string>();

/**
 * A spec as text: what caches are keyed by. Encoded once for each spec.
 *
 * @example
 * textOf(bernoulli.spec) === textOf({ ...bernoulli.spec }); // true
 */
export function textOf(spec: Spec): string {
  let text = texts.get(spec);
  if (text === undefined) texts.set(spec, (text = encodeTree(spec)));
  return text;
}

/**
 * Whether two specs name the same thing, wherever their modules lie.
 *
 * @example
 * isSameName(bernoulli.spec, { ...bernoulli.spec, from: 'elsewhere' }); // true
 */
export function isSameName(a: Spec, b: Spec): boolean {
  return encodeTree(namesOf(a)) === encodeTree(namesOf(b));
}
