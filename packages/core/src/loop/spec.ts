import { fail, lookUp } from '../base/errors.ts';
import { isNamedSpec, isSpec, type NamedSpec } from '../base/specs.ts';
import { isRecord } from '../base/tree.ts';
import type { AnyAlgorithm, Density, Spec, Specified, SpecKind, Tree } from '../contracts/index.ts';

/** Factories by name, each taking its config with the specs in it replaced by what they name. */
// biome-ignore lint/suspicious/noExplicitAny: configs differ by name; the spec carries them as plain data
export type FactoryTable<Made> = { readonly [name: string]: (config: any) => Made };
export type AlgorithmTable = FactoryTable<AnyAlgorithm>;
/** Families, and what may be read in place of one. */
export type FamilyTable = FactoryTable<Density>;

/** What a module that specs name exports: a table for each kind that it holds. */
export type Tables = {
  readonly algorithms?: AlgorithmTable;
  readonly families?: FamilyTable;
  readonly weights?: FactoryTable<Specified>;
  readonly sources?: FactoryTable<Specified>;
  readonly models?: FactoryTable<Specified>;
};

const TABLE: { readonly [kind in SpecKind]: keyof Tables } = {
  algorithm: 'algorithms',
  family: 'families',
  weights: 'weights',
  source: 'sources',
  model: 'models',
};

/**
 * The object that a spec names, from modules that were imported before: what a worker does with the spec that it receives.
 *
 * Specs inside its config are built first, and handed to the factory in their places.
 *
 * @param modules  exports by the name that specs have for their module
 * @throws UNKNOWN_NAME with the nearest known name, or for a module that was not imported
 *
 * @example
 * import { algorithms, batch } from '@mixtention/em';
 * import { bernoulli, families, pointWeights, weights } from '@mixtention/mixture';
 * const config = { family: bernoulli, components: 2, start: 'k-means++', prior: null, weights: pointWeights(), floor: 0 };
 * const modules = { '@mixtention/em': { algorithms }, '@mixtention/mixture': { families, weights } };
 * build(batch(config).spec, modules).spec.name; // 'em/batch'
 */
export function build(spec: Spec, modules: { readonly [module: string]: Tables }): Specified {
  return buildPart(spec, isSpec, (part) => {
    const { module } = part as Spec;
    const found = lookUp('core/build', 'module', module, modules);
    return {
      table: part.kind === 'model' ? functionsOf(found, part as Spec) : found[TABLE[part.kind]],
      of: ` of ${module}`,
    };
  }) as Specified;
}

/**
 * The object that a file names, from tables that the caller trusts.
 *
 * @throws UNKNOWN_NAME with the nearest known name
 *
 * @example
 * buildNamed({ kind: 'family', name: 'bernoulli', config: null }, { families }) === bernoulli; // true
 */
export function buildNamed(named: NamedSpec, tables: Tables): Specified {
  return buildPart(named as Tree, isNamedSpec, ({ kind }) => ({ table: tables[TABLE[kind]], of: '' })) as Specified;
}

/** Models are plain functions, which a module exports by name: the object that stands for one has it as `run`. */
function functionsOf(found: Tables, spec: Spec): FactoryTable<Specified> {
  const functions = Object.entries(found).filter(([, value]) => typeof value === 'function');
  return Object.fromEntries(functions.map(([name, run]) => [name, () => ({ spec, run }) as Specified]));
}

type Found = { readonly table: FactoryTable<Specified> | undefined; readonly of: string };

/** From the inside out: parts that are specs become what they name. */
function buildPart(
  part: Tree,
  isName: (value: unknown) => value is NamedSpec,
  find: (named: NamedSpec) => Found,
): unknown {
  if (isName(part)) {
    const { table, of } = find(part);
    const config = buildPart(part.config, isName, find);
    const made = lookUp('core/build', `${part.kind}${of}`, part.name, table ?? {})(config);
    if (isSpec(made?.spec)) return made;
    return fail('core/build', 'BAD_MODEL', `the ${part.kind} "${part.name}" that a factory made has no spec`);
  }
  if (Array.isArray(part)) return part.map((inner: Tree) => buildPart(inner, isName, find));
  if (!isRecord(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, buildPart(inner, isName, find)]));
}
