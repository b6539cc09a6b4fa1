import { checkOptions, countedWas, fail, show } from '@mixtention/core/base';
import { type Distribution, isDiscrete } from '../distributions/index.ts';
import {
  add,
  broadcastShapes,
  broadcastTo,
  checkShape,
  index,
  input,
  mul,
  rows,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  sum,
  type Value,
  type ValueLike,
  value,
} from '../graph/index.ts';
import { supportTransform } from '../transforms/index.ts';
import { checkObserved } from './check-observed.ts';
import { batched, checkDistribution, checkSampleOptions, naming, stating } from './check-statement.ts';
import type {
  Hidden,
  Latent,
  Model,
  ModelTools,
  PlateOptions,
  Provided,
  RowsOf,
  SampleOptions,
  Site,
  Subset,
  Trace,
} from './model-types.ts';
import { nonCentredTransform } from './non-centred-transform.ts';
import { jointWeights, weigh, weightsOf } from './plate-weights.ts';
import { symbolic } from './symbolic.ts';
import { toolbox } from './toolbox.ts';
import { withinBounds } from './within-bounds.ts';

const WHERE = 'svi/model';

type TraceOptions = { readonly whole?: boolean; readonly weights?: { readonly [plate: string]: Float64Array | null } };

type Plate = {
  readonly name: string;
  readonly size: number;
  readonly taken: number;
  readonly index: Value | null;
  readonly weights: Value | null;
};

/**
 * Runs a model once, with values of a graph in place of its latent variables.
 *
 * @param provide  gives each latent its free numbers, or its value
 * @param options  `whole`: plates hold all of their rows, whatever they say of minibatches; `weights`: of the members of plates that tell none
 * @returns what the model stated, and its log joint density
 * @throws BAD_MODEL for two sites of one name or two sizes of one plate, BAD_SHAPE for what does not broadcast, BAD_DATA for observed values outside their support and for constant scales, rates and the like below 0; each names the site
 *
 * @example
 * const model = ({ sample, normal }) => sample('x', normal(0, 1));
 * const { logJoint } = traceModel(model, null, ({ name, freeShape }) => ({ free: input(name, freeShape) }));
 */
export function traceModel<Data>(
  model: Model<Data>,
  data: Data,
  provide: (latent: Latent) => Provided,
  { whole = false, weights: given = {} }: TraceOptions = {},
): Trace {
  const sites: Site[] = [];
  const subsets: Subset[] = [];
  const plates: Plate[] = [];
  const sizes = new Map<string, number>();
  const names = new Set<string>();
  const hidden: Hidden[] = [];
  const termsOf = new Map<string, Value>();
  const zero = value(0);
  const named = (name: string): void => {
    if (typeof name !== 'string' || name === '')
      fail(WHERE, 'BAD_MODEL', `a site is named ${show(name)}, text was due`);
    if (names.has(name)) {
      const { value: before } = sites.find((site) => site.name === name)!;
      fail(WHERE, 'BAD_MODEL', `two sites are named "${name}"; the first is ${showShape(before.shape)}`);
    }
    names.add(name);
  };
  const plateShape = (): Shape => plates.map(({ taken }) => taken).reverse();
  const scale = (): number => plates.reduce((product, { size, taken }) => product * (size / taken), 1);
  const plateNames = (): readonly string[] => plates.map(({ name }) => name);
  type Stated = Omit<Site, 'scale' | 'plates' | 'logDensity' | 'logJacobian'> &
    Partial<Pick<Site, 'logJacobian'>> & { readonly total?: Value | undefined };
  const state = ({ logJacobian = zero, total, ...own }: Stated): void => {
    const isScaled = own.kind !== 'deterministic';
    termsOf.set(own.name, own.terms);
    const terms = isScaled ? weigh(WHERE, own.name, own.terms, plates) : own.terms;
    const logDensity = isScaled ? mul(total ?? sum(terms), scale()) : zero;
    sites.push({ ...own, terms, scale: scale(), plates: plateNames(), logDensity, logJacobian });
  };
  const batchOf = (name: string, distribution: Distribution, seen: Shape = [], shape: Shape = []): Shape => {
    const isCut = plates.some(({ size, taken }) => taken < size);
    const own = { plates: plateShape(), isCut, batch: distribution.batch, seen, shape };
    return batched(name, distribution, own);
  };

  const sample = (name: string, distribution: Distribution, options: SampleOptions = {}): Value => {
    named(name);
    checkSampleOptions(name, options);
    const { shape = [] } = options;
    checkShape(`${WHERE}, site "${name}"`, shape);
    checkDistribution(name, distribution, sites);
    const batch = batchOf(name, distribution, [], [...shape, ...plateShape()]);
    const full = [...batch, ...distribution.event];
    const latent = latentOf(name, distribution, full);
    const provided = latent.transform === null && model.eliminate !== undefined ? hide(latent) : provide(latent);
    const site =
      'free' in provided ? latent.transform!.forward(provided.free) : { value: provided.value, logJacobian: zero };
    const terms = broadcastTo(distribution.logDensity(site.value), batch);
    const logJacobian = mul(site.logJacobian, latent.scale);
    state({ name, kind: 'sample', value: site.value, latent, observed: null, terms, logJacobian });
    return symbolic(site.value);
  };

  const hide = (latent: Latent): Provided => {
    hidden.push({ latent, value: input(latent.name, latent.shape) });
    return hidden.at(-1)!;
  };

  const latentOf = (name: string, distribution: Distribution, shape: Shape): Latent => {
    const cut = plates.filter(({ index: chosen }) => chosen !== null);
    if (cut.length > 1 || (cut.length === 1 && plates.at(-1) !== cut[0]))
      fail(
        WHERE,
        'BAD_MODEL',
        `site "${name}" is within a plate that is subsampled and not the innermost: its rows cannot be told`,
      );
    const [plate] = cut;
    const transform = isDiscrete(distribution)
      ? null
      : model.nonCentred?.has(name)
        ? nonCentredTransform(WHERE, name, distribution, hidden)
        : supportTransform(distribution.support);
    const weights = jointWeights(plates);
    if (weights !== null && transform !== null)
      fail(
        WHERE,
        'BAD_MODEL',
        `site "${name}" is a latent of each member of a plate with weights, and not discrete: a member that counts twice would have two of them; sum it out, or repeat the member`,
      );
    return {
      name,
      distribution,
      shape,
      transform,
      freeShape: transform === null ? shape : transform.freeShape(shape),
      scale: scale(),
      weights,
      plates: plateNames(),
      subset: plate === undefined ? null : { index: plate.index!, size: plate.size },
    };
  };

  const observe = (name: string, distribution: Distribution, x: ValueLike): Value => {
    named(name);
    checkDistribution(name, distribution, sites);
    const seen = value(x, `${WHERE}, site "${name}"`);
    checkObserved(WHERE, name, distribution, seen);
    const { event } = distribution;
    const own = naming(name, distribution, () => {
      const stretched = broadcastShapes(WHERE, seen.shape, event);
      return stretched.slice(0, stretched.length - event.length);
    });
    const batch = batchOf(name, distribution, own);
    const full = plateShape();
    if (plates.length > 0 && batch.length > full.length && sizeOf(batch) > sizeOf(full) && own.length > full.length)
      fail(WHERE, 'BAD_SHAPE', `site "${name}" observes ${showShape(seen.shape)} within plates of ${showShape(full)}`);
    const told = naming(name, distribution, () => broadcastTo(distribution.logDensity(seen), batch));
    const terms = withinBounds(told, seen, distribution.support);
    const weights = jointWeights(plates);
    const isWhole = terms === told && sameShape(own, batch) && (weights === null || batch.length === 1);
    const total = (isWhole ? distribution.totalLogDensity?.(seen, weights) : null) ?? undefined;
    state({ name, kind: 'observe', value: seen, latent: null, observed: { distribution, batch }, terms, total });
    return seen;
  };

  const deterministic = (name: string, x: ValueLike): Value => {
    named(name);
    const made = value(x, `${WHERE}, site "${name}"`);
    state({ name, kind: 'deterministic', value: made, latent: null, observed: null, terms: zero });
    return symbolic(made);
  };

  const factor = (name: string, x: ValueLike): void => {
    named(name);
    const terms = value(x, `${WHERE}, site "${name}"`);
    state({ name, kind: 'factor', value: terms, latent: null, observed: null, terms });
  };

  const plate = <Result>(
    name: string,
    size: number,
    ...rest: readonly [PlateOptions | ((rows: RowsOf) => Result), ((rows: RowsOf) => Result)?]
  ): Result => {
    const body = (rest[1] ?? rest[0]) as (rows: RowsOf) => Result;
    const options = rest[1] === undefined ? {} : (rest[0] as PlateOptions);
    checkOptions(`${WHERE}, plate "${name}"`, options, ['subsample', 'weights']);
    const { subsample, weights = given[name] } = options;
    const isCount = (n: number): boolean => Number.isInteger(n) && n > 0;
    if (!isCount(size))
      fail(WHERE, 'BAD_MODEL', `plate "${name}" has size ${show(size)}, a whole number from 1 was due`);
    if (subsample !== undefined && !(isCount(subsample) && subsample <= size))
      fail(
        WHERE,
        'BAD_MODEL',
        `plate "${name}" of ${size} takes ${show(subsample)} rows, a whole number from 1 to ${size} was due`,
      );
    const before = sizes.get(name) ?? size;
    if (before !== size)
      fail(WHERE, 'BAD_MODEL', `plate "${name}" has size ${size}, and had ${before} before; one size a name was due`);
    sizes.set(name, size);
    if (typeof body !== 'function') fail(WHERE, 'BAD_MODEL', `plate "${name}" holds ${show(body)}, a function was due`);
    const known = subsets.find((subset) => subset.name === name);
    const isCut = !whole && subsample !== undefined && subsample < size;
    const chosen = isCut ? (known?.index ?? index(name, subsample)) : null;
    if (chosen !== null && known === undefined) subsets.push({ name, size, index: chosen });
    const counted = weights == null ? null : weightsOf(WHERE, { name, size, index: chosen }, weights);
    plates.push({ name, size, taken: isCut ? subsample : size, index: chosen, weights: counted });
    const rowsOf: RowsOf = (x) => {
      const v = value(x, `${WHERE}, plate "${name}"`);
      if (v.shape[0] !== size)
        fail(
          WHERE,
          'BAD_SHAPE',
          `plate "${name}" of ${size} was given ${showShape(v.shape)}, ${countedWas(size, 'row')} due`,
        );
      return chosen === null ? v : rows(v, chosen);
    };
    try {
      return body(rowsOf);
    } finally {
      plates.pop();
    }
  };

  const tools: ModelTools = { ...toolbox, sample, observe, deterministic, factor, plate };
  if (typeof model !== 'function')
    fail(WHERE, 'BAD_MODEL', `the model is ${show(model)}, a function of (m, data) was due`);
  const returned = stating(sites, () => model(tools, data));
  if (typeof (returned as Partial<Promise<unknown>> | null | undefined)?.then === 'function')
    fail(
      WHERE,
      'BAD_MODEL',
      'the model is async, what it states after an await would be lost; a plain function was due',
    );
  for (const name of model.nonCentred ?? [])
    if (!sites.some((site) => site.name === name && site.latent !== null))
      fail(
        WHERE,
        'BAD_MODEL',
        `"${name}" was to have non-centred coordinates, and is no latent; latents are ${latentNames(sites)}`,
      );
  const left = hidden.length === 0 ? sites : model.eliminate!(sites, hidden, termsOf);
  const terms = left.flatMap(({ logDensity, logJacobian }) => [logDensity, logJacobian]);
  return { sites: left, subsets, logJoint: terms.reduce((total, term) => add(total, term), zero) };
}

const latentNames = (sites: readonly Site[]): string =>
  sites.flatMap(({ name, latent }) => (latent === null ? [] : [name])).join(', ');
