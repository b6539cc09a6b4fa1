import type { Key } from '@mixtention/core';
import { key, split } from '@mixtention/core/numeric';
import { type Around, aroundNormal, aroundZero } from '../guides/index.ts';
import { dimensionOf, latentsOf, type Model, type Posterior, posterior } from '../model/index.ts';
import { drawNormal, pathfinderDefaults, pathsOf } from '../pathfinder/index.ts';
import { type Approximation, approximate, believed, equalWeights, meanOf, summarize } from '../report/index.ts';
import { findMode, laplaceAt } from './at-the-mode.ts';
import { type Climbed, climb } from './climb.ts';
import { evaluate, explain } from './evaluate.ts';
import { compileObjective, isRelaxed, type Objective, type ObjectiveInputs, type Parameter } from './objective.ts';
import { type SettledSvi, type SviOptions, type SviProgress, settleSvi } from './svi-options.ts';

export type SviResult = Approximation & {
  readonly estimator: string;
  readonly steps: number;
  /** What parameters are in units of: the normal that steps began at. */
  readonly around: Around;
  /** Trained arrays by name; none of a guide at the mode. */
  readonly parameters: { readonly [name: string]: Float64Array };
  /** Where discrete latents were relaxed: the mean objective of the last hundred steps or so, in nats. It is no bound, and may lie above the evidence; `bound` is that of discrete draws. */
  readonly relaxedObjective: number | null;
  /** Terms of the bound by site, in nats, and the guide's `entropy`. */
  readonly boundBySite: { readonly [site: string]: number };
};

/**
 * Stochastic variational inference of any model: raises the evidence lower bound of a guide by gradients of its draws, and says how far the result can be believed.
 *
 *     bound = E_q[log p(data, latents) − log q(latents)] ≤ log p(data)
 *
 * Steps begin at the best normal approximation that four Pathfinder paths find. They end when averages of iterates at one learning rate and at half of it agree. Moments,
 * draws and evidence are corrected by Pareto-smoothed importance weights where k̂ is at most 0.7, and left as they are, with a warning, where it is not.
 *
 * @param model  a function of named sites, as for `posterior`
 * @param data   handed to the model
 * @returns the approximate posterior; `diverged` with the last finite state where gradients ended to be numbers, or the bound ended below where it began
 * @throws BAD_OPTION, BAD_MODEL, BAD_SHAPE, BAD_DATA
 *
 * Cost: a run of the model and its gradient a step and draw, as emitted code; a start of some 300 gradients and 3,000 densities; D² numbers.
 * Source: Kucukelbir, Tran, Ranganath, Gelman & Blei (2017), ADVI; Roeder, Wu & Duvenaud (2017), Sticking the landing; Welandawe et al. (2022).
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const { sites, bound } = svi(coin, [1, 1, 1, 1, 1, 1, 0, 0, 0, 0], { guide: 'autoStructured' });
 * sites.p.mean; // about 0.5333
 */
export function svi<Data>(model: Model<Data>, data: Data, options: SviOptions = {}): SviResult {
  const run = sviSteps(model, data, options);
  for (;;) {
    const next = run.next();
    if (next.done) return next.value;
  }
}

/**
 * The same, a hundred steps at a time: for progress, and for whoever wants to do something else between them.
 *
 * @returns a generator of progress, whose end is the result
 * @throws as `svi`, when it is asked for the first time
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const run = sviSteps(coin, [1, 1, 0, 1]);
 * run.next().value.step; // 100
 */
export function* sviSteps<Data>(
  model: Model<Data>,
  data: Data,
  options: SviOptions = {},
): Generator<SviProgress, SviResult, void> {
  const begun = performance.now();
  const latents = latentsOf(model, data);
  const dimension = dimensionOf(latents);
  const isDiscrete = latents.some(({ transform }) => transform === 'none');
  const settled = settleSvi(options, dimension, isDiscrete);
  const root = split(key(settled.seed), 'svi');
  const isAtMode = settled.guide.found === 'at the mode';
  // With discrete latents there is no density of free numbers, and no start to be found by its gradient.
  const target = isDiscrete && !isAtMode ? null : posterior(model, data, settled);
  const result = isAtMode
    ? fitAtMode(model, data, target!, root, settled)
    : yield* fitBySteps(model, data, target, dimension, root, settled);
  return { ...result, seconds: (performance.now() - begun) / 1000 };
}

function* fitBySteps<Data>(
  model: Model<Data>,
  data: Data,
  target: Posterior | null,
  dimension: number,
  root: Key,
  settled: SettledSvi,
): Generator<SviProgress, SviResult, void> {
  const { guide, estimator, execution, backend, resultDraws } = settled;
  const start =
    target === null
      ? { around: aroundZero(dimension), gradientEvaluations: 0, densityEvaluations: 0 }
      : startOf(target, settled);
  const given = { model, data, guide, around: start.around, execution, backend };
  const objective = compileObjective(given, estimator, settled.discrete);
  const climbed = yield* climb(objective, root, settled);
  const { reported, rows, logRatios, boundBySite } = evaluate(given, climbed.parameters, resultDraws, root);
  const told = approximate(reported, { rows, logRatios }, root);
  const { mean: bound, error: boundStandardError } = meanOf(logRatios);
  const isNoNumber = climbed.status === 'diverged' || !Number.isFinite(bound);
  const fallen = isNoNumber || told.corrected ? null : fallOf(given, objective, settled, root, logRatios);
  const status = isNoNumber || fallen !== null ? 'diverged' : climbed.status;
  const trouble = isNoNumber || climbed.passedOver > 0 ? `; ${explain(given, climbed.parameters, root)}` : '';
  return {
    method: guide.name,
    estimator,
    status,
    message: `${fallen ?? climbed.message}${trouble}; ${believed(told)}`,
    bound,
    boundStandardError,
    ...told,
    uncorrectedSites: summarize(reported, rows, equalWeights(rows.length)),
    gradientEvaluations: climbed.gradientEvaluations + start.gradientEvaluations,
    densityEvaluations: resultDraws + start.densityEvaluations,
    seconds: 0,
    steps: climbed.steps,
    around: start.around,
    parameters: byName(objective.parameters, climbed),
    relaxedObjective: isRelaxed(settled.discrete) ? climbed.raised : null,
    boundBySite,
  };
}

/** Draws that tell the bound where steps began. */
const ASKED = 400;

/**
 * Steps that lead away can end as still as others: then the bound lies below the one that they began with, by more than noise, and this says so. Null where it does not. (The bound of many draws at
 * once may rise while that of one falls, so its steps are not held to this.)
 */
function fallOf<Data>(
  given: ObjectiveInputs<Data>,
  { begin }: Objective,
  { estimator }: SettledSvi,
  root: Key,
  logRatios: Float64Array,
): string | null {
  if (estimator === 'importance-weighted') return null;
  const first = meanOf(evaluate(given, begin, ASKED, split(root, 'begin')).logRatios);
  const last = meanOf(logRatios);
  const isBelow = last.mean + 4 * Math.hypot(last.error, first.error) < first.mean;
  return isBelow
    ? `steps led away: the bound ended at ${last.mean.toFixed(2)}, and began at ${first.mean.toFixed(2)}; take a lower learningRate, or write the model in other coordinates`
    : null;
}

function fitAtMode<Data>(model: Model<Data>, data: Data, target: Posterior, root: Key, settled: SettledSvi): SviResult {
  const { guide, execution, backend, resultDraws } = settled;
  const start = startOf(target, settled);
  const searched = guide.isPoint ? posterior(model, data, { execution, backend, jacobians: false }) : target;
  const mode =
    settled.start === undefined
      ? findMode(searched, [start.around.mean], root, 4)
      : findMode(searched, [target.freeOf(settled.start)], root, 0);
  const normal = guide.isPoint ? null : laplaceAt(target, mode.u);
  const common = {
    method: guide.name,
    estimator: 'none',
    steps: 0,
    seconds: 0,
    around: start.around,
    parameters: {},
    relaxedObjective: null,
    boundBySite: Object.fromEntries(searched.terms(mode.u).map(({ site, logDensity }) => [site, logDensity])),
    gradientEvaluations:
      mode.gradientEvaluations + start.gradientEvaluations + (normal === null ? 0 : 2 * target.dimension),
  };
  if (normal === null) {
    const rows = [target.values(mode.u)];
    const sites = summarize(target.reported, rows, equalWeights(1));
    const point = approximate(target.reported, { rows, logRatios: Float64Array.of(Number.NaN) }, root);
    return {
      ...common,
      status: guide.isPoint ? (mode.converged ? 'converged' : 'stopped') : 'diverged',
      message: guide.isPoint
        ? `the mode has log density ${mode.value.toFixed(4)}; a point has no spread, no bound and no k̂`
        : 'the Hessian at the mode is not negative definite, so no normal can be made of it; the mode alone is told',
      ...point,
      bound: Number.NaN,
      boundStandardError: Number.NaN,
      logEvidence: Number.NaN,
      logEvidenceStandardError: Number.NaN,
      sites,
      uncorrectedSites: sites,
      densityEvaluations: start.densityEvaluations,
    };
  }
  const { draws, logRatios } = drawNormal(normal, target.logDensity, split(root, 'laplace'), resultDraws);
  const rows = draws.map(target.values);
  const told = approximate(target.reported, { rows, logRatios }, root);
  const { mean: bound, error: boundStandardError } = meanOf(logRatios);
  return {
    ...common,
    status: mode.converged ? 'converged' : 'stopped',
    message: `a normal at the mode; ${believed(told)}`,
    bound,
    boundStandardError,
    ...told,
    uncorrectedSites: summarize(target.reported, rows, equalWeights(rows.length)),
    densityEvaluations: start.densityEvaluations + resultDraws,
  };
}

type Start = { readonly around: Around; readonly gradientEvaluations: number; readonly densityEvaluations: number };

/** Most free numbers for which a start is looked for: beyond, its matrices cost more than steps. */
const MOST = 500;

/** The best normal that Pathfinder finds; where it finds none, the standard normal, a tenth as wide. */
function startOf(target: Posterior, { seed, start }: SettledSvi): Start {
  const d = target.dimension;
  if (d > MOST) return { around: aroundZero(d), gradientEvaluations: 0, densityEvaluations: 0 };
  const starts = start === undefined ? undefined : [target.freeOf(start)];
  const paths = pathsOf(target, { ...pathfinderDefaults, seed }, starts);
  const found = paths.flatMap(({ best }) => (best === null ? [] : [best]));
  const [best, ...others] = found.toSorted((a, b) => b.bound - a.bound);
  const around =
    best === undefined
      ? aroundZero(d)
      : { ...aroundNormal(best.mean, best.factor), others: others.map(({ mean }) => mean) };
  return {
    around,
    gradientEvaluations: paths.reduce((total, path) => total + path.gradientEvaluations, 0),
    densityEvaluations: paths.reduce((total, path) => total + path.densityEvaluations, 0),
  };
}

const byName = (parameters: readonly Parameter[], climbed: Climbed): { readonly [name: string]: Float64Array } =>
  Object.fromEntries(parameters.map(({ name, start, size }) => [name, climbed.parameters.slice(start, start + size)]));
