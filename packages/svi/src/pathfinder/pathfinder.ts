import type { Backend } from '@mixtention/core';
import { checkOptions, fail, show } from '@mixtention/core/base';
import { generator, key, split } from '@mixtention/core/numeric';
import { heavyBeside, summedOut } from '../discrete/index.ts';
import type { Execution } from '../graph/index.ts';
import type { Model, Posterior } from '../model/index.ts';
import {
  type Approximation,
  approximate,
  believed,
  coordinatesIn,
  equalWeights,
  meanOf,
  summarize,
} from '../report/index.ts';
import { bestCoordinates } from './coordinates.ts';
import { importanceRounds } from './importance-rounds.ts';
import { drawAmong } from './normals.ts';
import { type Path, type PathOptions, singlePath } from './single-path.ts';

export type PathfinderOptions = {
  /** Of all draws (default 0). */
  readonly seed?: number;
  /** Starts, uniform on (−radius, radius) in free coordinates (default 4). */
  readonly paths?: number;
  readonly radius?: number;
  /** Draws of each path (default 1000). */
  readonly draws?: number;
  /** Draws by which the approximations on a path are compared (default 25). */
  readonly boundDraws?: number;
  /** Steps that a covariance is made of (default 6). */
  readonly history?: number;
  /** Most steps of a path (default 1000). */
  readonly iterations?: number;
  /** Rounds in which importance sampling learns its proposal, where k̂ is above ½; two more hold k̂ to wider draws (default 10; 0 is Pathfinder as published). */
  readonly rounds?: number;
  /** Sites in non-centred coordinates (default: those of which a normal comes nearer to the posterior so; `[]` leaves the model as it is stated). */
  readonly nonCentred?: readonly string[];
  /** How the model runs (default: emitted code where it is allowed). */
  readonly execution?: Execution;
  /** Whose float64 kernel serves mixtures of many rows (default: WebAssembly). */
  readonly backend?: Backend;
};

export const pathfinderDefaults: Required<Omit<PathfinderOptions, 'execution' | 'backend' | 'nonCentred'>> = {
  seed: 0,
  paths: 4,
  radius: 2,
  draws: 1000,
  boundDraws: 25,
  history: 6,
  iterations: 1000,
  rounds: 10,
};

export type PathfinderResult = Approximation & {
  /** One a path: its bound (−∞ where the path found nothing), and where its ascent ended. */
  readonly paths: readonly { readonly bound: number; readonly mode: number; readonly converged: boolean }[];
  /** Rounds of learning that the draws come from. */
  readonly rounds: number;
};

/**
 * Multi-path Pathfinder with Pareto-smoothed importance sampling: normal approximations along quasi-Newton paths to the modes, the best of each path, their
 * draws weighted by how likely their mixture makes them. Where k̂ says that these are too far off, importance sampling learns a proposal from them; and k̂ is held to wider draws, since draws that miss a part of the
 * posterior know nothing of it.
 *
 * @param model  as for `posterior`; discrete latents are summed out
 * @param data   handed to the model
 * @throws BAD_OPTION, BAD_MODEL; what the model throws
 *
 * Cost: some 50 gradients a path and 25 densities a step of it, then a density a draw; D² numbers. For up to some hundred free coordinates. Where locations or scales are latent, paths and 600 gradients for each kind of coordinates that is tried.
 * Where an ascent ends nowhere (a centred hierarchy, as a deviation comes to 0), the normal without correlations whose bound over ten fixed draws is highest is held to those of its path: up to some thousand gradients for each of them.
 *
 * Source: Zhang, Carpenter, Gelman & Vehtari (2022), Pathfinder: parallel quasi-Newton variational inference, JMLR 23.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const { sites, paretoK } = pathfinder(coin, [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
 * sites.p.mean; // about 0.5333
 */
export function pathfinder<Data>(model: Model<Data>, data: Data, options: PathfinderOptions = {}): PathfinderResult {
  const begun = performance.now();
  const settled = settle(options);
  const root = split(key(settled.seed), 'pathfinder');
  const { execution, backend, nonCentred: asked } = options;
  const exact = summedOut(model);
  const { target, paths, nonCentred, ...evaluations } = bestCoordinates(exact, data, {
    asked,
    search: (own) => pathsOf(own, settled),
    key: root,
    compile: { execution, backend },
  });
  const found = paths.flatMap(({ best }) => (best === null ? [] : [best]));
  if (found.length === 0) return fail('svi/pathfinder', 'BAD_MODEL', lost(target, settled));
  const { draws, logRatios, own } = drawAmong(found, target.logDensity, (i) => split(root, 'draws', i), settled.draws);
  const bounds = own.map(meanOf);
  const bestBound = bounds.reduce((a, b) => (b.mean > a.mean ? b : a));
  const learnt = importanceRounds({ draws, logRatios }, target.logDensity, root, {
    rounds: settled.rounds,
    draws: draws.length,
    values: target.values,
  });
  const rowsOf = (of: readonly Float64Array[]): Float64Array[] => of.map(target.values);
  const { rows, logRatios: ratios, apart } = learnt;
  const drawn = { rows, logRatios: ratios, smoothed: learnt, apart };
  const told = heavyBeside(exact, data)(approximate(target.reported, drawn, root));
  const failed = paths.length - found.length;
  return {
    method: 'pathfinder',
    status: told.corrected ? 'converged' : 'stopped',
    message: `${messageOf(believed(told), failed, paths.length, learnt.rounds)}${coordinatesIn(nonCentred)}`,
    bound: bestBound.mean,
    boundStandardError: bestBound.error,
    ...told,
    uncorrectedSites: summarize(
      target.reported,
      learnt.rounds === 0 ? rows : rowsOf(draws),
      equalWeights(draws.length),
    ),
    nonCentred,
    gradientEvaluations: evaluations.gradientEvaluations,
    densityEvaluations: evaluations.densityEvaluations + draws.length + learnt.evaluations,
    seconds: (performance.now() - begun) / 1000,
    paths: paths.map(({ best, mode }) => ({
      bound: best?.bound ?? Number.NEGATIVE_INFINITY,
      mode: mode.value,
      converged: mode.converged,
    })),
    rounds: learnt.rounds,
  };
}

/** Single paths from random starts, or from those that are given. */
export const pathsOf = (
  target: Searched,
  options: Settled,
  starts: readonly Float64Array[] = startsOf(target, options),
): Path[] =>
  starts.map((start, i) =>
    singlePath(target.logDensity, start, split(key(options.seed), 'pathfinder', 'path', i), options),
  );

/** What is ascended. */
type Searched = Pick<Posterior, 'dimension' | 'logDensity'>;

type Settled = typeof pathfinderDefaults & Pick<PathOptions, 'places' | 'relativeTolerance'>;

function settle(options: PathfinderOptions): Settled {
  checkOptions('svi/pathfinder', options, [...Object.keys(pathfinderDefaults), 'execution', 'backend', 'nonCentred']);
  const settled = {
    ...pathfinderDefaults,
    ...Object.fromEntries(Object.entries(options).filter(([, x]) => x !== undefined)),
  };
  for (const name of ['paths', 'draws', 'boundDraws', 'history', 'iterations', 'rounds'] as const) {
    const least = name === 'rounds' ? 0 : 1;
    if (!(Number.isInteger(settled[name]) && settled[name] >= least))
      fail('svi/pathfinder', 'BAD_OPTION', `${name} is ${show(settled[name])}, a whole number from ${least} was due`);
  }
  if (!(Number.isFinite(settled.radius) && settled.radius > 0))
    fail('svi/pathfinder', 'BAD_OPTION', `radius is ${show(settled.radius)}, a number above 0 was due`);
  return settled;
}

/** Starts at which the density is finite: each is drawn up to a hundred times. */
function startsOf(target: Searched, { seed, paths, radius }: Settled): Float64Array[] {
  const gradient = new Float64Array(target.dimension);
  return Array.from({ length: paths }, (_, i) => {
    const random = generator(split(key(seed), 'pathfinder', 'start', i));
    let u = new Float64Array(target.dimension);
    for (let attempt = 0; attempt < 100; attempt++) {
      u = u.map(() => radius * (2 * random.uniform() - 1));
      if (Number.isFinite(target.logDensity(u, gradient)) && gradient.every(Number.isFinite)) break;
    }
    return u;
  });
}

function lost(target: Posterior, settled: Settled): string {
  const [u] = startsOf(target, settled) as [Float64Array];
  const bad = target.terms(u).find(({ logDensity, logJacobian }) => !Number.isFinite(logDensity + logJacobian));
  const why =
    bad === undefined
      ? 'no approximation on the way had a finite bound'
      : `site "${bad.site}" has log density ${bad.logDensity} where a path started`;
  const which = settled.paths === 1 ? 'the only path' : `all ${settled.paths} paths`;
  return `${which} failed: ${why}`;
}

function messageOf(belief: string, failed: number, paths: number, rounds: number): string {
  const lead = failed === 0 ? '' : `${failed} of ${paths} paths failed; `;
  return `${lead}${belief}${rounds === 0 ? '' : `; learnt in ${rounds} round${rounds === 1 ? '' : 's'}`}`;
}
