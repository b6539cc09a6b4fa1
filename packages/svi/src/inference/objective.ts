import { counted, fail, lookUp, show, wasOrWere } from '@mixtention/core/base';
import {
  type DiscreteDraw,
  drawDiscrete,
  entropyOf,
  expectSites,
  kindsOf,
  logDensityOf,
  type Relaxed,
  type Score,
  scoresOf,
  surrogateOf,
} from '../discrete/index.ts';
import { categorical, klDivergence, oneHotCategorical } from '../distributions/index.ts';
import {
  add,
  type CompileOptions,
  compile,
  differentiate,
  hold,
  input,
  mul,
  type Program,
  type Shape,
  type Swap,
  sizeOf,
  sub,
  sum,
  type Value,
  value,
} from '../graph/index.ts';
import type { Around, Guide, GuideDraw, GuideTools } from '../guides/index.ts';
import {
  type Coordinates,
  checkSame,
  type Latent,
  latentsOf,
  type Model,
  type Site,
  type Trace,
  traceModel,
} from '../model/index.ts';

/**
 * How the gradient of the bound is estimated from a draw of the guide.
 *
 * - `path-derivative`: the part through the draw alone (sticking the landing): no noise where guide and posterior agree
 * - `pathwise`: the whole derivative of log p − log q
 * - `importance-weighted`: of the bound log mean p/q of the draws of a step (IWAE), doubly reparameterised; needs `draws` of 2 or more, and is not for `autoMixture`, whose weights have no such gradient
 * - `analytic-kl`: divergences between guide and prior in closed form where they are known, entropies where they are, draws for the rest
 */
export type Estimator = 'path-derivative' | 'pathwise' | 'analytic-kl' | 'importance-weighted';

/**
 * How discrete latents are moved.
 *
 * - `score`: by the score of their draws, beside a running mean of what they are worth: no bias, much noise
 * - `enumerated`: every value is weighed by its probability: neither bias nor noise, and the cost of the model times their number
 * - `summed-out`: they leave the model, which has no guide of them then: exact given all that is continuous, at the same cost (`summedOut`)
 * - `relaxed`, `straight-through`: through relaxed draws of Bernoulli and one-hot latents, between 0 and 1, or 0 and 1 with their gradients: biased, little noise, and an objective that is no bound
 */
export type Discrete = 'score' | 'enumerated' | 'relaxed' | 'straight-through' | 'summed-out';

/** Whether what is raised is no bound. */
export const isRelaxed = (discrete: Discrete): boolean => discrete === 'relaxed' || discrete === 'straight-through';

/** A trained array among all parameters of a guide. */
export type Parameter = { readonly name: string; readonly shape: Shape; readonly start: number; readonly size: number };

export type Objective = {
  readonly parameters: readonly Parameter[];
  readonly begin: Float64Array;
  /** Outputs: an estimate of the bound, its gradient, and what each scored draw was worth. Inputs: the parameters, then a baseline for each of those, or a temperature where draws are relaxed. */
  readonly step: Program;
  /** How many scored draws are followed by running means. */
  readonly baselines: number;
  /** Rows of minibatches, to be filled before a step. */
  readonly subsets: readonly {
    readonly name: string;
    readonly rows: Int32Array;
    readonly size: number;
    readonly swap: Swap | null;
  }[];
};

export type ObjectiveInputs<Data> = CompileOptions & {
  readonly model: Model<Data>;
  readonly data: Data;
  readonly guide: Guide;
  readonly around: Around;
};

type Made = Omit<GuideDraw, 'discrete'> & {
  readonly discrete: () => readonly DiscreteDraw[];
  readonly inputs: readonly Value[];
  readonly begin: Float64Array;
};

/** The guide's parameters as inputs, and a draw of it. Discrete latents that it does not guide itself have a logit for each of their values. */
export function makeGuide<Data>(
  { model, data, guide, around }: ObjectiveInputs<Data>,
  relaxed?: Relaxed,
  latents: readonly Coordinates[] = latentsOf(model, data),
): Made {
  const inputs: Value[] = [];
  const starts: number[] = [];
  const parameter: GuideTools['parameter'] = (name, start, shape) => {
    if (inputs.some((known) => known.name === name))
      fail('svi/guide', 'BAD_MODEL', `two parameters are named "${name}"`);
    if (start.length !== sizeOf(shape))
      fail(
        'svi/guide',
        'BAD_SHAPE',
        `parameter "${name}" starts with ${counted(start.length, 'number')}, ${sizeOf(shape)} ${wasOrWere(sizeOf(shape))} due`,
      );
    const wrong = Array.from(start).find((x) => !Number.isFinite(x));
    if (wrong !== undefined)
      fail('svi/guide', 'BAD_DATA', `parameter "${name}" starts with ${show(wrong)}, finite numbers were due`);
    const made = input(name, shape);
    inputs.push(made);
    for (const x of Array.from(start)) starts.push(x);
    return made;
  };
  const own = guide.guidesDiscrete ? latents : latents.filter(({ transform }) => transform !== 'none');
  const logits = new Map(
    latents.filter((latent) => !own.includes(latent)).map((latent) => [latent.name, logitsOf(latent, parameter)]),
  );
  const draw = guide.make({ latents: own, dimension: around.mean.length, around, relaxed, parameter });
  const drawn: DiscreteDraw[] = [];
  return {
    ...draw,
    inputs,
    begin: Float64Array.from(starts),
    provide: (latent) => {
      if (latent.subset === null) checkSame(latents, latent);
      const given = logits.get(latent.name);
      if (given === undefined) return draw.provide(latent);
      const make = latent.distribution.support.kind === 'oneHot' ? oneHotCategorical : categorical;
      drawn.push(drawDiscrete(latent, make({ logits: given }), relaxed));
      return { value: drawn.at(-1)!.value };
    },
    discrete: () => [...drawn, ...(draw.discrete?.() ?? [])],
  };
}

function logitsOf({ name, distribution, shape }: Coordinates, parameter: GuideTools['parameter']): Value {
  const kinds = kindsOf(name, distribution);
  const batch = shape.slice(0, shape.length - distribution.event.length);
  return parameter(`${name}.logits`, new Float64Array(sizeOf(batch) * kinds), [...batch, kinds]);
}

/** The bound as values: of the guide's parameters, of a baseline for each scored draw, and of a temperature where draws are relaxed. */
export type StatedObjective = {
  readonly parameters: readonly Value[];
  readonly begin: Float64Array;
  readonly bound: Value;
  /** What has the gradient by which scored draws are moved; its value means nothing. */
  readonly surrogate: Value;
  readonly scores: readonly Score[];
  readonly baselines: readonly Value[];
  readonly temperature: Value | null;
  readonly subsets: Trace['subsets'];
};

/** The bound of a guide as a graph. */
export function stateObjective<Data>(
  given: ObjectiveInputs<Data>,
  estimator: Estimator,
  discrete: Discrete = 'score',
): StatedObjective {
  const { model, data } = given;
  const temperature = input('temperature', []);
  const isStraightThrough = discrete === 'straight-through';
  const made = makeGuide(given, isRelaxed(discrete) ? { temperature, isStraightThrough } : undefined);
  const trace = traceModel(model, data, made.provide);
  const draws = made.discrete();
  const sites = discrete === 'enumerated' ? expectSites(trace.sites, draws) : trace.sites;
  const continuous = lookUp('svi/svi', 'estimator', estimator, bounds)({ sites, logJoint: jointOf(sites) }, made);
  // The mean of −log q where draws are summed out or have no density; held where their scores move them.
  const bound = discrete === 'score' ? sub(continuous, hold(logDensityOf(draws))) : add(continuous, entropyOf(draws));
  const scores: Score[] = discrete === 'score' ? scoresOf(sites, draws, made.logDensity(false)) : [];
  const choice = made.choice?.();
  // The shares of draws depend on all of their choices; scores here are each of one.
  if (choice !== undefined && estimator === 'importance-weighted')
    fail(
      'svi/svi',
      'BAD_OPTION',
      `estimator "importance-weighted" weighs draws together, and guide ${given.guide.name} moves weights by the score of each alone; take "path-derivative", or another guide`,
    );
  if (choice !== undefined) scores.push({ logProbability: choice, worth: bound, followed: bound });
  const baselines = scores.map(({ followed }, i) => input(`baseline ${i}`, followed.shape));
  return {
    parameters: made.inputs,
    begin: made.begin,
    bound,
    surrogate: surrogateOf(scores, baselines),
    scores,
    baselines,
    temperature: isRelaxed(discrete) ? temperature : null,
    subsets: trace.subsets,
  };
}

/** The bound and its gradient as a program of the guide's parameters. */
export function compileObjective<Data>(
  given: ObjectiveInputs<Data>,
  estimator: Estimator,
  discrete: Discrete = 'score',
): Objective {
  const stated = stateObjective(given, estimator, discrete);
  const { parameters: inputs, begin, bound, surrogate, scores, baselines, temperature, subsets } = stated;
  const step = compile(
    [bound, ...differentiate(add(bound, surrogate), inputs), ...scores.map(({ followed }) => followed)],
    [...inputs, ...baselines, ...(temperature === null ? [] : [temperature])],
    given,
  );
  return {
    parameters: parametersOf(inputs),
    begin,
    step,
    baselines: baselines.reduce((total, { shape }) => total + sizeOf(shape), 0),
    subsets: subsets.map(({ name, index, size }) => ({
      name,
      rows: step.rowsOf(index),
      size,
      swap: step.swapperOf(index),
    })),
  };
}

/** Trained arrays one after another. */
export function parametersOf(inputs: readonly Value[]): Parameter[] {
  let start = 0;
  return inputs.map(({ name, shape }) => {
    const size = sizeOf(shape);
    start += size;
    return { name: name!, shape, start: start - size, size };
  });
}

/** log p of all sites together, with Jacobians. */
const jointOf = (sites: readonly Site[]): Value =>
  sites.reduce((total, { logDensity, logJacobian }) => add(total, add(logDensity, logJacobian)), value(0));

type Stated = Pick<Trace, 'sites' | 'logJoint'>;

const pathDerivative = ({ logJoint }: Stated, { logDensity }: Made): Value => sub(logJoint, logDensity(true));

/** The bound by each estimator, from what a model states and a draw of the guide. */
export const bounds: { readonly [name in Estimator]: (trace: Stated, draw: Made) => Value } = {
  'path-derivative': pathDerivative,
  // The walker weighs the draws.
  'importance-weighted': pathDerivative,
  pathwise: ({ logJoint }, { logDensity }) => sub(logJoint, logDensity(false)),
  'analytic-kl': ({ sites, logJoint }, draw) => {
    const known = sites.flatMap((site) => {
      const divergence = site.latent === null ? null : divergenceOf(site.latent, draw);
      return divergence === null ? [] : [{ site, divergence }];
    });
    const whole = sites.filter(({ latent }) => latent !== null && latent.transform !== null).length === known.length;
    if (!whole) return entropic(logJoint, known, draw);
    return known.reduce((total, { site, divergence }) => sub(sub(total, termsOf(site)), divergence), logJoint);
  },
};

const termsOf = ({ logDensity, logJacobian }: Site): Value => add(logDensity, logJacobian);

/** With some divergences known: those sites leave the joint density, and their shares of the entropy with them. */
function entropic(logJoint: Value, known: readonly { site: Site; divergence: Value }[], draw: Made): Value {
  const left = known.reduce((total, { site, divergence }) => {
    const own = draw.marginal!(site.latent!)!.distribution;
    // The density of the value beside that of the free number: they differ by the Jacobian, which leaves with the site.
    const entropy = mul(sum(own.entropy!()), site.latent!.scale);
    return sub(sub(total, add(termsOf(site), divergence)), sub(entropy, site.logJacobian));
  }, logJoint);
  return draw.entropy === undefined ? sub(logJoint, draw.logDensity(false)) : add(left, draw.entropy());
}

function divergenceOf(latent: Latent, draw: Made): Value | null {
  if (latent.transform === null) return null;
  const own = draw.marginal?.(latent);
  if (own?.distribution.entropy === undefined) return null;
  const divergence = klDivergence(own.distribution, latent.distribution);
  if (divergence === null) return null;
  // The prior's batch may be smaller than the latent's, never the guide's.
  const copies = sizeOf(latent.shape) / sizeOf([...divergence.shape, ...latent.distribution.event]);
  return mul(sum(divergence), latent.scale * copies);
}
