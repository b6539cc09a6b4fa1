import { fail, lookUp } from '@mixtention/core/base';
import { klDivergence } from '../distributions/index.ts';
import {
  add,
  compile,
  differentiate,
  type Execution,
  hold,
  input,
  mul,
  type Program,
  type Shape,
  sizeOf,
  sub,
  sum,
  type Value,
} from '../graph/index.ts';
import type { Around, Guide, GuideDraw, Relaxed } from '../guides/index.ts';
import {
  type Coordinates,
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
 * - `importance-weighted`: of the bound log mean p/q of the draws of a step (IWAE), doubly reparameterised; needs `draws` of 2 or more
 * - `analytic-kl`: divergences between guide and prior in closed form where they are known, entropies where they are, draws for the rest
 */
export type Estimator = 'path-derivative' | 'pathwise' | 'analytic-kl' | 'importance-weighted';

/**
 * How discrete latents are moved: by their score, which has no bias; or through relaxed draws (Bernoulli alone), between 0 and 1 or `straight-through`, which have
 * less noise, and raise an objective that is no bound.
 */
export type Discrete = 'score' | 'relaxed' | 'straight-through';

/** A trained array among all parameters of a guide. */
export type Parameter = { readonly name: string; readonly shape: Shape; readonly start: number; readonly size: number };

export type Objective = {
  readonly parameters: readonly Parameter[];
  readonly begin: Float64Array;
  /** Outputs: an estimate of the bound, then its gradient. Inputs: the parameters, then a baseline or a temperature where there are discrete latents. */
  readonly step: Program;
  /** Rows of minibatches, to be filled before a step. */
  readonly subsets: readonly { readonly name: string; readonly rows: Int32Array; readonly size: number }[];
};

export type ObjectiveInputs<Data> = {
  readonly model: Model<Data>;
  readonly data: Data;
  readonly guide: Guide;
  readonly around: Around;
  readonly execution: Execution | undefined;
};

type Made = GuideDraw & { readonly inputs: readonly Value[]; readonly begin: Float64Array };

/** The guide's parameters as inputs, and a draw of it. */
export function makeGuide<Data>(
  { model, data, guide, around }: ObjectiveInputs<Data>,
  relaxed?: Relaxed,
  latents: readonly Coordinates[] = latentsOf(model, data),
): Made {
  const inputs: Value[] = [];
  const starts: number[] = [];
  const draw = guide.make({
    latents,
    dimension: around.mean.length,
    around,
    relaxed,
    parameter: (name, start, shape) => {
      if (inputs.some((known) => known.name === name))
        fail('svi/guide', 'BAD_MODEL', `two parameters are named "${name}"`);
      if (start.length !== sizeOf(shape))
        fail(
          'svi/guide',
          'BAD_SHAPE',
          `parameter "${name}" starts with ${start.length} numbers, ${sizeOf(shape)} were due`,
        );
      const made = input(name, shape);
      inputs.push(made);
      starts.push(...Array.from(start));
      return made;
    },
  });
  return { ...draw, inputs, begin: Float64Array.from(starts) };
}

/** The bound and its gradient as a program of the guide's parameters. */
export function compileObjective<Data>(
  given: ObjectiveInputs<Data>,
  estimator: Estimator,
  discrete: Discrete = 'score',
): Objective {
  const { model, data, execution } = given;
  const temperature = input('temperature', []);
  const made = makeGuide(
    given,
    discrete === 'score' ? undefined : { temperature, isStraightThrough: discrete === 'straight-through' },
  );
  const trace = traceModel(model, data, made.provide);
  const bound = lookUp('svi/svi', 'estimator', estimator, bounds)(trace, made);
  const { inputs, begin } = made;
  const baseline = input('baseline', []);
  // Draws of discrete latents have no gradient: their score does, times what the draw was worth beside a running mean.
  const surrogate = made.score === undefined ? bound : add(bound, mul(hold(sub(bound, baseline)), made.score()));
  const all = [
    ...inputs,
    ...(made.score === undefined ? [] : [baseline]),
    ...(discrete === 'score' ? [] : [temperature]),
  ];
  const step = compile([bound, ...differentiate(surrogate, inputs)], all, { execution });
  let start = 0;
  const parameters = inputs.map(({ name, shape }) => {
    const size = sizeOf(shape);
    start += size;
    return { name: name!, shape, start: start - size, size };
  });
  return {
    parameters,
    begin,
    step,
    subsets: trace.subsets.map(({ name, index, size }) => ({ name, rows: step.rowsOf(index), size })),
  };
}

const pathDerivative = ({ logJoint }: Trace, { logDensity }: GuideDraw): Value => sub(logJoint, logDensity(true));

const bounds: { readonly [name in Estimator]: (trace: Trace, draw: GuideDraw) => Value } = {
  'path-derivative': pathDerivative,
  // The walker weighs the draws.
  'importance-weighted': pathDerivative,
  pathwise: ({ logJoint }, { logDensity }) => sub(logJoint, logDensity(false)),
  'analytic-kl': ({ sites, logJoint }, draw) => {
    const known = sites.flatMap((site) => {
      const divergence = site.latent === null ? null : divergenceOf(site.latent, draw);
      return divergence === null ? [] : [{ site, divergence }];
    });
    const whole = sites.filter(({ kind }) => kind === 'sample').length === known.length;
    if (!whole) return entropic(logJoint, known, draw);
    return known.reduce((total, { site, divergence }) => sub(sub(total, termsOf(site)), divergence), logJoint);
  },
};

const termsOf = ({ logDensity, logJacobian }: Site): Value => add(logDensity, logJacobian);

/** With some divergences known: those sites leave the joint density, and their shares of the entropy with them. */
function entropic(logJoint: Value, known: readonly { site: Site; divergence: Value }[], draw: GuideDraw): Value {
  const left = known.reduce((total, { site, divergence }) => {
    const own = draw.marginal!(site.latent!)!.distribution;
    // The density of the value beside that of the free number: they differ by the Jacobian, which leaves with the site.
    const entropy = mul(sum(own.entropy!()), site.latent!.scale);
    return sub(sub(total, add(termsOf(site), divergence)), sub(entropy, site.logJacobian));
  }, logJoint);
  return draw.entropy === undefined ? sub(logJoint, draw.logDensity(false)) : add(left, draw.entropy());
}

function divergenceOf(latent: Latent, draw: GuideDraw): Value | null {
  const own = draw.marginal?.(latent);
  if (own?.distribution.entropy === undefined) return null;
  const divergence = klDivergence(own.distribution, latent.distribution);
  if (divergence === null) return null;
  // The prior's batch may be smaller than the latent's, never the guide's.
  const copies = sizeOf(latent.shape) / sizeOf([...divergence.shape, ...latent.distribution.event]);
  return mul(sum(divergence), latent.scale * copies);
}
