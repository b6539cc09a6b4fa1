import type { Key } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { split } from '@mixtention/core/numeric';
import type { Optimizer } from '@mixtention/core/optimize';
import { heavyBeside } from '../discrete/index.ts';
import type { Model, Posterior } from '../model/index.ts';
import { bestCoordinates } from '../pathfinder/index.ts';
import { approximate, believed, coordinatesIn, equalWeights, meanOf, summarize } from '../report/index.ts';
import { checkpointOf, checkSviResume, identityOf } from './checkpoint.ts';
import { climbFrom, climbOn, isUnderway, raisedBy, reachedBy, stepsOf } from './climb.ts';
import { BLOCK, slopeDrawer } from './draw-slope.ts';
import { evaluate, explain } from './evaluate.ts';
import { type Moved, mend, mendedIn } from './mend.ts';
import { gradientsPerDraw, naturalSteps } from './natural.ts';
import { compileObjective, isRelaxed, type Objective, type ObjectiveInputs, type Parameter } from './objective.ts';
import type { Climb, Climbed, Slope, Start, Walk } from './run-state.ts';
import type { SettledSvi, SviProgress } from './svi-options.ts';
import type { SviResult } from './svi-result.ts';
import { ruleOf } from './walk.ts';

/** What there is to be fitted, the density of its free numbers where there is one, and where to begin. */
export type Fitted<Data> = {
  readonly model: Model<Data>;
  readonly data: Data;
  readonly target: Posterior | null;
  readonly start: Start;
};

/** A result before it is told how discrete latents were treated. */
export type Fitting = Omit<SviResult, 'discrete'>;

/** Climbs from a start, or from a checkpoint, and tells what was reached. */
export function* fitBySteps<Data>(
  { model, data, target, start }: Fitted<Data>,
  root: Key,
  settled: SettledSvi,
): Generator<SviProgress, Fitting, void> {
  const begun = performance.now();
  const { guide, estimator, execution, backend, resume } = settled;
  const given = { model, data, guide, around: start.around, execution, backend };
  const objective = compileObjective(given, estimator, settled.discrete);
  const identity = identityOf(objective, settled);
  if (resume !== undefined) checkSviResume(resume, identity);
  const climb =
    resume === undefined ? climbFrom(objective.begin, objective.baselines, settled) : goOn(resume.climb, settled);
  const before = resume?.seconds ?? 0;
  const seconds = (): number => before + (performance.now() - begun) / 1000;
  const checkpoint = () => checkpointOf({ ...identity, start, seconds: seconds(), climb });
  const stepping = stepsBy(settled, { objective, target, around: start.around, root });
  const climbed = yield* climbing(climb, { objective, stepping, settled, checkpoint });
  return reportOf({ given, target, objective, climb, climbed, start, root, settled, seconds: seconds() });
}

/** A copy of a climb that ended because its steps were over, and has some left now, goes on. */
function goOn(then: Climb, { steps }: SettledSvi): Climb {
  const climb = structuredClone(then);
  if (climb.ended?.status === 'stopped' && climb.walk.taken < steps) climb.ended = null;
  return climb;
}

type Stepping = { readonly slopeAt: (walk: Walk) => Slope; readonly rule: Optimizer };

/** What a step collects, and the rule that moves parameters by it. */
function stepsBy(
  settled: SettledSvi,
  given: {
    readonly objective: Objective;
    readonly target: Posterior | null;
    readonly around: Start['around'];
    readonly root: Key;
  },
): Stepping {
  const { objective, target, around, root } = given;
  if (settled.optimizer !== 'natural')
    return { slopeAt: slopeDrawer(objective, root, settled), rule: ruleOf(settled.optimizer) };
  const [subset] = objective.subsets;
  if (subset !== undefined)
    fail(
      'svi/svi',
      'BAD_OPTION',
      `optimizer "natural" sees all rows in every step, and plate "${subset.name}" is subsampled; take another optimizer, or no subsample`,
    );
  const { guide, draws } = settled;
  return naturalSteps({ target: target!, guide, around, parameters: objective.parameters, key: root, draws });
}

type Climbing = {
  readonly objective: Objective;
  readonly stepping: Stepping;
  readonly settled: SettledSvi;
  readonly checkpoint: SviProgress['checkpoint'];
};

function* climbing(
  climb: Climb,
  { objective, stepping: { slopeAt, rule }, settled, checkpoint }: Climbing,
): Generator<SviProgress, Climbed, void> {
  const { stopSignal, signal, onStep, onCheckpoint, checkpointEveryMs } = settled;
  const how = { begin: objective.begin, options: settled, rule };
  let written = performance.now();
  while (climb.ended === null) {
    climbOn(climb, slopeAt(climb.walk), how);
    const { walk, rate } = climb;
    if (walk.taken % BLOCK > 0 || walk.taken === 0) continue;
    if (signal?.aborted) fail('svi/svi', 'ABORTED', 'the run was cancelled', signal.reason);
    if (onCheckpoint !== undefined && performance.now() - written >= checkpointEveryMs) {
      onCheckpoint(checkpoint());
      written = performance.now();
    }
    if (!isUnderway(climb)) continue;
    const progress = { step: walk.taken, learningRate: rate, bound: raisedBy(climb).mean, checkpoint };
    onStep?.(progress);
    yield progress;
    if (stopSignal?.aborted && climb.ended === null) {
      onCheckpoint?.(checkpoint());
      return { status: 'stopped', message: 'interrupted' };
    }
  }
  // Between blocks there is no going on: a run that may be lengthened is left where one ends.
  if (climb.ended.status !== 'stopped' || climb.walk.taken % BLOCK === 0) onCheckpoint?.(checkpoint());
  return climb.ended;
}

type Reported<Data> = {
  readonly given: ObjectiveInputs<Data>;
  readonly target: Posterior | null;
  readonly objective: Objective;
  readonly climb: Climb;
  readonly climbed: Climbed;
  readonly start: Start;
  readonly root: Key;
  readonly settled: SettledSvi;
  readonly seconds: number;
};

function reportOf<Data>({
  given,
  target,
  objective,
  climb,
  climbed,
  start,
  root,
  settled,
  seconds,
}: Reported<Data>): Fitting {
  const { guide, estimator, resultDraws } = settled;
  const { walk } = climb;
  const { nonCentred = [] } = start.around;
  const isNatural = settled.optimizer === 'natural';
  const each = isNatural ? gradientsPerDraw(guide, target!.dimension) : 1;
  const reached = reachedBy(climb);
  const evaluatedAt = (at: Float64Array) => evaluate(given, at, resultDraws, root, settled.report);
  const there = evaluatedAt(reached);
  // A step beyond all numbers: where steps began is the last state that has some.
  const isBeyond = climbed.status === 'diverged' && !there.logRatios.some(Number.isFinite);
  const parameters = isBeyond ? objective.begin : reached;
  const evaluated = isBeyond ? evaluatedAt(parameters) : there;
  const { reported, rows, logRatios, boundBySite } = evaluated;
  const beside = heavyBeside(given.model, given.data);
  const { mean: bound, error: boundStandardError } = meanOf(logRatios);
  const isNoNumber = climbed.status === 'diverged' || !(Math.abs(bound) < BEYOND);
  const own = beside(approximate(reported, { rows, logRatios, isTrusted: !isNoNumber }, root));
  const fallen = isNoNumber || own.corrected ? null : fallOf(given, objective, settled, root, logRatios);
  const status = isNoNumber || fallen !== null ? 'diverged' : climbed.status;
  const moved = target === null ? undefined : movedBy(given, parameters, target, root, settled);
  const all = { ...evaluated, target: status === 'diverged' ? null : target, others: start.others, moved };
  const { evaluations, gradients, doubt, ...told } = beside(mend(own, all, root, settled));
  const raised = isRelaxed(settled.discrete) ? raisedBy(climb) : null;
  // A value of a discrete latent that cannot be beside the data has a bound of −∞, as long as its guide holds it possible.
  const advice = target === null && isNoNumber ? '; take discrete: "summed-out", where the model permits it' : '';
  const from = isBeyond ? '; results are of where steps began' : '';
  const places = [reached, walk.parameters];
  const trouble = isNoNumber || walk.passedOver > 0 ? `; ${explain(given, places, root)}${advice}${from}` : '';
  return {
    method: guide.name,
    estimator: isNatural ? 'natural' : estimator,
    status,
    message: `${fallen ?? climbed.message}${trouble}; ${isNoNumber ? 'moments are not to be believed' : mendedIn({ ...told, doubt }, believed(told))}${coordinatesIn(nonCentred)}`,
    bound,
    boundStandardError,
    ...told,
    uncorrectedSites: summarize(reported, rows, equalWeights(rows.length)),
    nonCentred,
    gradientEvaluations: stepsOf(climb, settled) * settled.draws * each + start.gradientEvaluations + gradients,
    densityEvaluations: resultDraws + evaluations + start.densityEvaluations,
    seconds,
    steps: walk.taken,
    around: start.around,
    parameters: byName(objective.parameters, parameters),
    relaxedObjective: raised?.mean ?? null,
    relaxedObjectiveStandardError: raised?.error ?? null,
    boundBySite,
  };
}

/** Draws of values are as good in any coordinates: those are taken for learning from them that a normal is nearest in. Undefined for guides of free numbers, and where somebody says which. */
function movedBy<Data>(
  given: ObjectiveInputs<Data>,
  parameters: Float64Array,
  target: Posterior,
  root: Key,
  { guide, nonCentred, around, execution, backend, resultDraws, report }: SettledSvi,
): (() => Moved) | undefined {
  if (!guide.inValues || nonCentred !== undefined || around !== undefined) return undefined;
  return () => {
    const compile = { execution, backend };
    const chosen = bestCoordinates(given.model, given.data, { asked: undefined, search: () => [], key: root, compile });
    const own = { ...given, model: chosen.model };
    const { free } = evaluate(own, parameters, resultDraws, root, report);
    return {
      target: chosen.nonCentred.length === 0 ? target : chosen.target,
      free,
      gradients: chosen.gradientEvaluations,
    };
  };
}

/** From here on float64 has no digits of a nat: a factor whose columns nearly coincide makes such densities, of either sign. */
const BEYOND = 1e15;

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
  const ratios = evaluate(given, begin, ASKED, split(root, 'begin')).logRatios;
  const first = meanOf(ratios);
  const last = meanOf(logRatios);
  // A guide that is far off has a bound that is all noise: then its quartiles lie below those of the beginning, each by more than these are apart.
  const [then, now] = [quartilesOf(ratios), quartilesOf(logRatios)];
  const isUnknown = !(last.mean - 4 * last.error > first.mean);
  const isFar = isUnknown && now.every((x, i) => x < then[i]! - (then[2]! - then[0]!));
  const isBelow = isFar || last.mean + 4 * Math.hypot(last.error, first.error) < first.mean;
  return isBelow
    ? `steps led away: the bound ended at ${last.mean.toFixed(2)}, and began at ${first.mean.toFixed(2)}; take a lower learningRate, or write the model in other coordinates`
    : null;
}

function quartilesOf(values: Float64Array): number[] {
  const sorted = values.slice().sort();
  return [1, 2, 3].map((quarter) => sorted[Math.floor((quarter * sorted.length) / 4)]!);
}

const byName = (parameters: readonly Parameter[], values: Float64Array): SviResult['parameters'] =>
  Object.fromEntries(parameters.map(({ name, start, size }) => [name, values.slice(start, start + size)]));
