import { fail } from '@mixtention/core/base';
import { dependents, input, type Value } from '../graph/index.ts';
import type { Latent, Model, Site } from './model-types.ts';
import { traceModel } from './trace-model.ts';

/** What can be seen of a model before it is fitted. */
export type Overview = {
  /** Names of sites whose values are reported: latents, and what is deterministic. */
  readonly reported: readonly string[];
  /** Latents on which nothing else depends, of a model that observes something: as a rule `if`, `?:` or `===` was to look at them. */
  readonly idle: readonly string[];
  /** Locations and scales within a latent: those with members of their own, whose width is another latent. Where data are few, such posteriors are funnels. */
  readonly centred: readonly { readonly site: string; readonly width: string }[];
};

/**
 * Runs a model twice, as fits do, and looks at what it states.
 *
 * @throws BAD_MODEL where it does not state the same twice
 *
 * @example
 * lookOver(({ sample, observe, normal }) => observe('y', normal(sample('a', normal(0, 1)), 1), 3), null).idle; // []
 */
export function lookOver<Data>(model: Model<Data>, data: Data): Overview {
  const run = (): readonly Site[] => traceModel(model.whole ?? model, data, asInput, { whole: true }).sites;
  const [sites, again] = [run(), run()];
  checkSame(sites, again);
  const reported = sites.filter(({ kind }) => kind === 'sample' || kind === 'deterministic');
  return { reported: reported.map(({ name }) => name), idle: idleIn(sites), centred: centredIn(sites) };
}

const asInput = ({ name, freeShape, transform }: Latent) => {
  const free = input(name, freeShape);
  return transform === null ? { value: free } : { free };
};

function checkSame(sites: readonly Site[], again: readonly Site[]): void {
  const refuse = (what: string): never =>
    fail(
      'svi/model',
      'BAD_MODEL',
      `${what}; a model is run several times and states the same each time: no Math.random, no clock, no counter (latents are drawn by sample)`,
    );
  if (sites.length !== again.length)
    refuse(`the model had ${sites.length} sites when it was run first, and then ${again.length}`);
  const known = new Map<Value, Value>();
  for (const [i, { name, value, terms }] of sites.entries()) {
    const then = again[i]!;
    if (then.name !== name) refuse(`site "${name}" was named "${then.name}" when the model was run again`);
    if (!isSame(value, then.value, known) || !isSame(terms, then.terms, known))
      refuse(`site "${name}" has other numbers or shapes when the model is run again`);
  }
}

/** Whether two values are made alike, of the same numbers. */
function isSame(one: Value, other: Value, known: Map<Value, Value>): boolean {
  const pending: (readonly [Value, Value])[] = [[one, other]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [a, b] = pair;
    if (a === b || known.get(a) === b) continue;
    const isLike = a.op === b.op && a.inputs.length === b.inputs.length && a.shape.join() === b.shape.join();
    if (!isLike || !hasSameNumbers(a.data, b.data)) return false;
    known.set(a, b);
    for (const [i, each] of a.inputs.entries()) pending.push([each, b.inputs[i]!]);
  }
  return true;
}

const hasSameNumbers = (a: Float64Array | undefined, b: Float64Array | undefined): boolean =>
  a === b || (a?.length === b?.length && (a?.every((x, i) => Object.is(x, b![i])) ?? false));

/** Latents that no other site is made of. */
function idleIn(sites: readonly Site[]): string[] {
  if (!sites.some(({ kind }) => kind === 'observe' || kind === 'factor')) return [];
  const reached = new Map<Value, Site | null>();
  for (const site of sites) {
    const pending = [site.value, site.terms];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      const by = reached.get(node);
      if (by === site || by === null) continue;
      reached.set(node, by === undefined ? site : null);
      pending.push(...node.inputs);
    }
  }
  // A node that two sites reach belongs to none alone (null).
  return sites.flatMap(({ kind, name, value }) => (kind === 'sample' && reached.get(value) !== null ? [name] : []));
}

/** Families that are a location and a width, and what they call the width. */
const WIDTHS: { readonly [family: string]: string } = {
  normal: 'sd',
  studentT: 'scale',
  cauchy: 'scale',
  laplace: 'scale',
};

function centredIn(sites: readonly Site[]): { site: string; width: string }[] {
  const latents = sites.filter(({ kind }) => kind === 'sample');
  return latents.flatMap(({ name, latent }) => {
    const { name: family, parameters } = latent!.distribution;
    const width = Object.hasOwn(WIDTHS, family) ? parameters[WIDTHS[family]!] : undefined;
    if (width === undefined || width.op === 'constant') return [];
    const by = latents.find(({ value }) => dependents([width], value).has(width));
    return by === undefined ? [] : [{ site: name, width: by.name }];
  });
}
