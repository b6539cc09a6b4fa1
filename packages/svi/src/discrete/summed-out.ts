import { fail } from '@mixtention/core/base';
import { categorical, type Distribution, oneHotCategorical } from '../distributions/index.ts';
import { evaluateStatic } from '../graph/collect-items.ts';
import {
  broadcastTo,
  constant,
  dependents,
  logSumExp,
  reshape,
  type Shape,
  sizeOf,
  stack,
  sum,
  type Value,
  value,
} from '../graph/index.ts';
import { add, mul } from '../graph/ops.ts';
import type { Elimination, Hidden, Latent, Model, Site } from '../model/index.ts';
import { batchOf, timesWeights } from './draws.ts';
import { kindsOf } from './kinds.ts';
import { type Meets, meetsOf } from './meets.ts';
import { axesBefore, sharedAxes } from './plates.ts';

const WHERE = 'svi/summedOut';

/** Most nodes of what is left of a latent: beyond, values of many latents meet in one term. */
const MOST_NODES = 100_000;

/**
 * A model whose discrete latents are summed out, each with exact weights given all that is continuous: what is left has gradients in all of its latents.
 *
 *     log p(data, θ) = log Σ_z p(data, z, θ), member by member of the plates of z, and along chains (forward filtering)
 *
 * Reports tell draws of z given θ and the data (backward sampling). As `discrete: 'summed-out'` of `svi`; `pathfinder` and `sviOnRows` do it by themselves.
 *
 * @throws BAD_MODEL, when it is run: for terms that depend on members of z that no plate tells apart, for too many values at once, and for latents whose support depends on z
 *
 * Cost: those parts of the model that depend on z, once for each of its values (for each pair, where two latents meet); chains cost their length.
 * Source: Obermeyer et al. (2019), Tensor variable elimination for plated factor graphs; what Pyro's `config_enumerate` does.
 *
 * @example
 * const zeros = ({ sample, observe, plate, beta, gamma, bernoulli, poisson, mul, sub }, counts) => {
 *   const [gate, rate] = [sample('gate', beta(1, 1)), sample('rate', gamma(2, 0.5))];
 *   plate('n', counts.length, () => observe('y', poisson(mul(rate, sub(1, sample('zero', bernoulli(gate))))), counts));
 * };
 * posterior(summedOut(zeros), [0, 3, 0, 1, 2]).dimension; // 2: gate and rate
 */
export const summedOut = <Data>(model: Model<Data>): Model<Data> => summedOutWithin(model, MOST_NODES);

/** The same, which gives up where more nodes are made for one latent, or in all. */
export function summedOutWithin<Data>(
  model: Model<Data>,
  most: number,
  all: number = Number.POSITIVE_INFINITY,
): Model<Data> {
  if (typeof model !== 'function' || model.eliminate !== undefined) return model;
  const { nonCentred } = model;
  const eliminate: Elimination = (...stated) => eliminateWithin({ most, all }, ...stated);
  const own = { eliminate, whole: model, ...(nonCentred && { nonCentred }) };
  return Object.assign((...given: Parameters<Model<Data>>) => model(...given), own);
}

/** Terms of a model that are not summed out yet: one a member of their plates, without weights. */
type Factor = {
  /** The site that tells them, the last that they come from. */
  readonly owner: Site;
  readonly terms: Value;
  readonly plates: readonly string[];
  readonly scale: number;
};

type Limits = { readonly most: number; readonly all: number };

function eliminateWithin({ most, all }: Limits, ...[sites, hidden, termsOf]: Parameters<Elimination>): readonly Site[] {
  checkSupports(sites, hidden);
  let factors: readonly Factor[] = sites.flatMap((owner): Factor[] =>
    owner.kind === 'deterministic'
      ? []
      : [{ owner, terms: termsOf.get(owner.name)!, plates: owner.plates, scale: owner.scale }],
  );
  const order = hidden.toReversed().toSorted((a, b) => b.latent.plates.length - a.latent.plates.length);
  const weighed = new Map<Site, Value>();
  const told: { readonly one: Hidden; readonly joint: Value }[] = [];
  const meets = meetsOf(hidden.map((one) => one.value));
  for (const one of order) {
    const own = factors.filter(({ terms }) => meets.of(terms).has(one.value));
    const before = meets.seen();
    const joint = jointOf(own, one, meets);
    const { latent } = one;
    const terms = logSumExp(joint, -1);
    meets.of(terms);
    if (meets.seen() - before > most || meets.seen() > all)
      fail(WHERE, 'BAD_MODEL', `too many values of "${latent.name}" and of others meet in one term to be summed out`);
    told.push({ one, joint });
    const owner = own.reduce((last, factor) =>
      sites.indexOf(factor.owner) > sites.indexOf(last.owner) ? factor : last,
    ).owner;
    for (const factor of own) weighed.set(factor.owner, value(0));
    factors = [
      ...factors.filter((factor) => !own.includes(factor)),
      { owner, terms, plates: latent.plates, scale: latent.scale },
    ];
    weighed.set(owner, timesWeights(latent, terms));
  }
  const draws = drawAll(told, meets);
  const left = new Map(factors.map((factor) => [factor.owner, factor]));
  return sites.map((site): Site => {
    const isHidden = hidden.some(({ latent }) => latent === site.latent);
    const shown = meets.put(site.value, draws);
    const terms = weighed.get(site);
    if (terms === undefined) return { ...site, value: shown };
    const { plates, scale } = left.get(site) ?? site;
    const own = { ...site, value: shown, terms, plates, scale, logDensity: mul(sum(terms), scale) };
    if (isHidden) return { ...own, kind: 'deterministic', latent: null };
    return site.latent === null
      ? own
      : {
          ...own,
          latent: { ...site.latent, distribution: given(site.latent.distribution, (x) => meets.put(x, draws)) },
        };
  });
}

/** What a latent is made of given draws: it is told, but no divergence from it is that of the sum. */
const given = (own: Distribution, put: (x: Value) => Value): Distribution => ({
  ...own,
  name: `${own.name}, given what was summed out`,
  parameters: Object.fromEntries(Object.entries(own.parameters).map(([name, x]) => [name, put(x)])),
});

/** Terms that depend on a latent at each of its values, `[...batch, K]`. */
function jointOf(factors: readonly Factor[], { latent, value: placeholder }: Hidden, meets: Meets): Value {
  const batch = batchOf(latent);
  const kinds = kindsOf(latent.name, latent.distribution);
  return stack(
    Array.from({ length: kinds }, (_, k) => {
      const chosen = everywhere(latent, k);
      const parts = factors.map((factor) => {
        const shared = sharedAxes(factor, latent);
        if (shared !== batch.length || factor.scale !== latent.scale) refuse(factor, latent.name);
        // What is then known is computed, and what is multiplied by 0 is 0, so that it has no gradient.
        const terms = meets.put(factor.terms, new Map([[placeholder, chosen]]), simplified);
        return sum(terms, axesBefore(terms, shared));
      });
      return parts.reduce((a, b) => add(a, b));
    }),
    batch.length,
  );
}

const refuse = ({ owner }: Factor, name: string): never =>
  fail(
    WHERE,
    'BAD_MODEL',
    `site "${owner.name}" depends on members of "${name}" that no plate tells apart; state both within one plate, or take discrete: "score"`,
  );

/** The k-th value of a latent, everywhere, as a constant. */
function everywhere({ distribution: { support, event }, shape }: Latent, k: number): Value {
  const isOneHot = support.kind === 'oneHot';
  const numbers = new Float64Array(sizeOf(shape));
  for (let i = 0; i < numbers.length; i++) numbers[i] = isOneHot ? Number(i % event[0]! === k) : k;
  return constant(numbers, shape);
}

function simplified(node: Value): Value {
  if (node.op === 'random') return node;
  if (node.op === 'mul' && node.inputs.some(isZero)) return constant(new Float64Array(sizeOf(node.shape)), node.shape);
  if (node.op === 'where' && node.inputs[0]!.op === 'constant') {
    const [condition, yes, no] = node.inputs as [Value, Value, Value];
    const count = condition.data!.filter((x) => x !== 0).length;
    if (count === 0 || count === condition.data!.length) return broadcastTo(count === 0 ? no : yes, node.shape);
  }
  if (!node.inputs.every(({ op }) => op === 'constant')) return node;
  if (node.op === 'reshape') return reshape(node.inputs[0]!, node.shape);
  return constant(
    evaluateStatic(
      node,
      node.inputs.map(({ data }) => data!),
    ),
    node.shape,
  );
}

const isZero = ({ op, data }: Value): boolean => op === 'constant' && data!.every((x) => x === 0);

/** Draws of all latents given what is continuous: those that were summed out last come first, and the others given them. */
function drawAll(
  told: readonly { readonly one: Hidden; readonly joint: Value }[],
  meets: Meets,
): ReadonlyMap<Value, Value> {
  const drawn = new Map<Value, Value>();
  for (const { one, joint } of told.toReversed()) {
    const { latent, value: placeholder } = one;
    const make = latent.distribution.support.kind === 'oneHot' ? oneHotCategorical : categorical;
    const shape: Shape = batchOf(latent);
    drawn.set(placeholder, make({ logits: meets.put(joint, drawn) }).sample(shape));
  }
  return drawn;
}

function checkSupports(sites: readonly Site[], hidden: readonly Hidden[]): void {
  for (const { latent, value: placeholder } of hidden)
    for (const { name, kind, latent: own, value: shown, logJacobian } of sites)
      if (
        kind === 'sample' &&
        own!.transform !== null &&
        dependents([shown, logJacobian], placeholder).has(logJacobian)
      )
        fail(
          WHERE,
          'BAD_MODEL',
          `the support of site "${name}" depends on "${latent.name}", which cannot be summed out`,
        );
}
