import type { Backend } from '@mixtention/core';
import { checkOptions, fail, lookUp, show } from '@mixtention/core/base';
import type { Optimizer, OptimizerName } from '@mixtention/core/optimize';
import type { Execution } from '../graph/index.ts';
import {
  type Around,
  autoCoupling,
  autoDelta,
  autoLaplace,
  autoLowRank,
  autoMixture,
  autoMultivariateNormal,
  autoNormal,
  autoStructured,
  type Guide,
} from '../guides/index.ts';
import { checkTemperature, type Temperature } from '../gumbel/temperature.ts';
import type { LatentValues } from '../model/index.ts';
import { checkAround, checkOpen } from './check-open.ts';
import type { Discrete, Estimator } from './objective.ts';
import type { SviCheckpoint } from './run-state.ts';

/** What is known while steps are taken: the learning rate, and a running mean of estimates of the bound. */
export type SviProgress = {
  readonly step: number;
  readonly learningRate: number;
  readonly bound: number;
  /** All that another process needs to go on from here; plain data, which `encodeSviCheckpoint` makes a text of. */
  readonly checkpoint: () => SviCheckpoint;
};

export type SviOptions = {
  /** The family, or its name without options (default: `autoMultivariateNormal` to 64 free numbers, `autoNormal` beyond, and with discrete latents that are not summed out). */
  readonly guide?: Guide | GuideName;
  /** How gradients are estimated (default `path-derivative`). */
  readonly estimator?: Estimator;
  /**
   * How discrete latents are moved: not at all, `summed-out` of the model (exact, and it needs no guide of them); by their `score`; `enumerated` (exact of a mean field); or `relaxed` or `straight-through` where they are
   * Bernoulli or one-hot: biased, with less noise. By default summed out, where the model permits it at a bearable cost and the guide does not state them, else by their score: the result's `discrete` and message say which.
   */
  readonly discrete?: Discrete;
  /** Of relaxed draws; by default from 1 down to 0.5, as `exp(−t/1000)` in plateaus of 100 steps. */
  readonly temperature?: Temperature;
  /** Draws of the guide a step (default 1). */
  readonly draws?: number;
  /**
   * Default `adam`; or `rmsProp`, `sgd`, or a rule of one's own, as `rmsProp({ … })`; or `natural`, which moves the natural parameters of `autoNormal` and `autoMultivariateNormal` by expected gradients and
   * curvatures: few steps, each of 4 gradients a draw, or 2 + 2D.
   */
  readonly optimizer?: OptimizerName | 'natural' | Optimizer;
  /** Of the first level; halved from level to level (default: the best of 0.1, 0.03, 0.01 and 0.003 over 200 steps each; 0.1 with `natural`). */
  readonly learningRate?: number;
  /** Ends when averages of the iterates move by less from one learning rate to the next, and are known as well; parameters are in units of the start (default 0.1). Where draws are relaxed, means of what they raise are compared instead, in nats. */
  readonly accuracy?: number;
  /** Most steps (default 30000). */
  readonly steps?: number;
  /** Draws of the guide that the result is made of (default 4000). */
  readonly resultDraws?: number;
  /** Rounds in which importance sampling learns a proposal from the guide's draws, where k̂ is above ½, deviations rest on few draws or another path found another mode, and there are at most 100 free numbers (default 10; 0: results are the guide's alone). */
  readonly rounds?: number;
  /** Where to begin, by latent, in values of the model (default: four random places, of which the best is kept). */
  readonly start?: LatentValues;
  /** The normal in free coordinates that steps begin at, as results tell it (default: the best of four Pathfinder paths). */
  readonly around?: Around;
  /**
   * Sites in non-centred coordinates: z of x = location + scale·z, as `nonCentred(model, sites)` (default: of latents with a latent location or scale those of which a normal comes nearer to the posterior so, for guides of free numbers;
   * `[]` leaves the model as it is stated).
   */
  readonly nonCentred?: readonly string[];
  /** Names of the sites whose values are summed up and handed out (default: all); of latents with a member for each row, values of all draws may not fit into memory. */
  readonly report?: readonly string[];
  /** Of all draws (default 0). */
  readonly seed?: number;
  readonly execution?: Execution;
  /** Whose float64 kernel serves mixtures of many rows (default: WebAssembly; on Node `await loadBackend('native')` is two to three times as fast). */
  readonly backend?: Backend;
  /** Is told how far a run is, every hundred steps. */
  readonly onStep?: (progress: SviProgress) => void;
  /** Ends the run with ABORTED; it and the next are looked at every 100 steps. */
  readonly signal?: AbortSignal;
  /** Ends the run with what it has, and status `stopped`. */
  readonly stopSignal?: AbortSignal;
  /** Is handed all that another process needs to go on with this run, every `checkpointEveryMs`, between two hundreds of steps, and at the end. */
  readonly onCheckpoint?: (checkpoint: SviCheckpoint) => void;
  /** Milliseconds between two checkpoints (default 30,000); 0: after every hundred steps. */
  readonly checkpointEveryMs?: number;
  /** Goes on from a checkpoint of this very run: same model, data and options (there may be more steps); the result has the bits of a run that was never interrupted. */
  readonly resume?: SviCheckpoint;
};

export type GuideName =
  | 'autoCoupling'
  | 'autoDelta'
  | 'autoLaplace'
  | 'autoLowRank'
  | 'autoMixture'
  | 'autoMultivariateNormal'
  | 'autoNormal'
  | 'autoStructured';

const guides: { readonly [name in GuideName]: () => Guide } = {
  autoCoupling,
  autoDelta,
  autoLaplace,
  autoLowRank,
  autoMixture,
  autoMultivariateNormal,
  autoNormal,
  autoStructured,
};

/** Options without a default. */
const OPEN = [
  'guide',
  'discrete',
  'learningRate',
  'start',
  'around',
  'nonCentred',
  'report',
  'execution',
  'backend',
  'signal',
  'stopSignal',
  'onStep',
  'onCheckpoint',
  'resume',
] as const;
type Open = (typeof OPEN)[number];

/** Of natural-gradient steps: some ten draws' worth of curvature counts. */
const NATURAL_RATE = 0.1;

export const sviDefaults: Required<Omit<SviOptions, Open>> = {
  estimator: 'path-derivative',
  temperature: { start: 1, rate: 1e-3, every: 100, least: 0.5 },
  draws: 1,
  optimizer: 'adam',
  accuracy: 0.1,
  steps: 30_000,
  resultDraws: 4000,
  rounds: 10,
  seed: 0,
  checkpointEveryMs: 30_000,
};

const treatments: { readonly [name in Discrete]: true } = {
  score: true,
  enumerated: true,
  relaxed: true,
  'straight-through': true,
  'summed-out': true,
};

export type SettledSvi = typeof sviDefaults &
  Omit<Pick<SviOptions, Open>, 'guide' | 'discrete'> & { readonly guide: Guide; readonly discrete: Discrete };

/** What peers call an option. */
const PEERS: { readonly [name: string]: keyof SviOptions } = {
  lr: 'learningRate',
  learning_rate: 'learningRate',
  eta: 'learningRate',
  num_steps: 'steps',
  iterations: 'steps',
  iter: 'steps',
  max_iter: 'steps',
  num_particles: 'draws',
  grad_samples: 'draws',
  num_samples: 'resultDraws',
  output_samples: 'resultDraws',
  loss: 'estimator',
  elbo: 'estimator',
  optim: 'optimizer',
  init: 'start',
  init_loc_fn: 'start',
  inits: 'start',
  initial: 'start',
  tol: 'accuracy',
  tol_rel_obj: 'accuracy',
  tolerance: 'accuracy',
  rng_key: 'seed',
  rng_seed: 'seed',
  sites: 'report',
  hide_sites: 'report',
};

/**
 * Options with their defaults, checked.
 *
 * @param chosen  how discrete latents are treated where `discrete` does not say so; null where there are none
 */
export function settleSvi(options: SviOptions, dimension: number, chosen: Discrete | null = null): SettledSvi {
  const where = 'svi/svi';
  const hasDiscrete = chosen !== null;
  const foreign = Object.keys(options ?? {}).find((name) => Object.hasOwn(PEERS, name));
  if (foreign !== undefined) fail(where, 'BAD_OPTION', `option "${foreign}" is ${PEERS[foreign]} here`);
  checkOptions(where, options, [...Object.keys(sviDefaults), ...OPEN]);
  const given = Object.fromEntries(Object.entries(options).filter(([, x]) => x !== undefined));
  const settled = { ...sviDefaults, discrete: chosen ?? 'score', ...given } as typeof sviDefaults &
    SviOptions & { readonly discrete: Discrete };
  for (const name of ['draws', 'steps', 'resultDraws', 'rounds'] as const) {
    const least = name === 'rounds' ? 0 : 1;
    if (!(Number.isInteger(settled[name]) && settled[name] >= least))
      fail(where, 'BAD_OPTION', `${name} is ${show(settled[name])}, a whole number from ${least} was due`);
  }
  if (typeof settled.learningRate === 'object')
    fail(
      where,
      'BAD_OPTION',
      'learningRate is a schedule, a number was due: rates are halved whenever averages of iterates have settled; a schedule of your own is a rule whose update asks learningRateAt(schedule, state.step), as optimizer',
    );
  for (const name of ['learningRate', 'accuracy'] as const)
    if (settled[name] !== undefined && !(Number.isFinite(settled[name]) && settled[name] > 0))
      fail(where, 'BAD_OPTION', `${name} is ${show(settled[name])}, a number above 0 was due`);
  if (!(typeof settled.checkpointEveryMs === 'number' && settled.checkpointEveryMs >= 0))
    fail(where, 'BAD_OPTION', `checkpointEveryMs is ${show(settled.checkpointEveryMs)}, a number from 0 was due`);
  if (settled.estimator === 'importance-weighted' && settled.draws < 2)
    fail(
      where,
      'BAD_OPTION',
      `estimator "importance-weighted" was asked for with ${settled.draws} draw a step, 2 or more were due`,
    );
  lookUp(where, 'discrete', settled.discrete, treatments);
  checkTemperature(where, settled.temperature);
  if (settled.discrete !== 'score' && !hasDiscrete)
    fail(where, 'BAD_OPTION', `discrete is "${settled.discrete}", but the model has no discrete latent`);
  const isDiscrete = hasDiscrete && settled.discrete !== 'summed-out';
  if (isDiscrete && settled.discrete !== 'enumerated' && settled.estimator === 'importance-weighted')
    fail(
      where,
      'BAD_OPTION',
      `estimator "importance-weighted" takes discrete latents "enumerated" or "summed-out" alone, "${settled.discrete}" was asked for`,
    );
  const { guide = isDiscrete || dimension > 64 ? 'autoNormal' : 'autoMultivariateNormal' } = options;
  checkOpen(settled);
  if (settled.around !== undefined) checkAround(where, settled.around, dimension);
  if (settled.around !== undefined && settled.nonCentred !== undefined)
    fail(
      where,
      'BAD_OPTION',
      'nonCentred was given beside around, which tells its own coordinates; one of them was due',
    );
  const made = guideNamed(guide);
  if (settled.optimizer !== 'natural') return { ...settled, guide: made };
  checkNatural(where, made, settled, isDiscrete);
  return { ...settled, learningRate: settled.learningRate ?? NATURAL_RATE, guide: made };
}

function checkNatural(where: string, { name, normal }: Guide, { estimator }: SviOptions, isDiscrete: boolean): void {
  const refuse = (what: string): never => fail(where, 'BAD_OPTION', `optimizer "natural" ${what}`);
  if (normal === undefined) refuse(`moves autoNormal and autoMultivariateNormal, the guide is ${name}`);
  if (isDiscrete) refuse('moves free numbers alone, and the model has discrete latents');
  if (estimator !== sviDefaults.estimator)
    refuse(`has gradients and curvatures of its own, estimator "${estimator}" was asked for; leave it out`);
}

/** A guide, or the one of that name without options. */
export function guideNamed(guide: Guide | GuideName): Guide {
  const made = typeof guide === 'string' ? lookUp('svi/svi', 'guide', guide, guides)() : guide;
  if (typeof made === 'function')
    fail('svi/svi', 'BAD_OPTION', 'guide is a function, a guide was due: writtenGuide(function) is one of your own');
  if (typeof made?.make !== 'function')
    fail('svi/svi', 'BAD_OPTION', `guide is ${show(guide)}, a guide or its name was due`);
  return made;
}
