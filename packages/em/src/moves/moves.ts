import type { Algorithm, Family, Key, Matrix, StepEvent, StepInfo, Tree, Weights } from '@mixtention/core';
import { memoize } from '@mixtention/core/base';
import { split } from '@mixtention/core/numeric';
import { emSpec } from '../em-spec.ts';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import type { Dealt } from '../schedule/batches.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import { carryOut, type Move, type Proposal } from './carry-out.ts';
import { type DrivenStep, drivenBy } from './driven.ts';
import { LEAST_STEPS, LIMITS, MOST_TRIALS } from './limits.ts';
import { propose } from './proposals.ts';
import { type Now, readSample, thinned } from './sample-reading.ts';

export type MovesConfig = {
  /** What is driven. */
  readonly algorithm: SummedAlgorithm;
  /** How rows are dealt out to batches whose statistics are kept; null for passes over all rows. */
  readonly dealt: Dealt | null;
  readonly moves: readonly (Move | 'split-merge')[];
  /** `objective` itself where fits of several numbers of components may be compared by it; `bic` where they may not. */
  readonly criterion: 'objective' | 'bic';
  readonly family: Family;
  readonly weights: Weights;
  /** D, and Σ w. */
  readonly width: number;
  readonly totalWeight: number;
  /** What is added to an objective to have it in the units in which events tell it. */
  readonly shift: number;
};

/** A proposal that is being tried. */
type Trial = {
  readonly proposal: Proposal;
  readonly driven: Tree;
  readonly steps: number;
  /** Objective, and what the step gained that led to it. */
  readonly last: number;
  readonly gain: number;
};

export type MovesState = {
  /** Of the schedule: the best so far. */
  readonly driven: Tree;
  readonly key: Key;
  /** Rows that proposals are made of. */
  readonly sample: { readonly data: Float64Array; readonly rows: number; readonly cols: number };
  /** Of it when it was last measured. */
  readonly measured: {
    readonly objective: number;
    /** Components at the floor, or without data. */
    readonly degenerate: number;
    /** Of the algorithm that is driven, with the statistics of all rows. */
    readonly from: Tree;
    readonly stats: MixtureStats;
  } | null;
  /** `climb` up to proposals, `try` them, `finish` once none was accepted. */
  readonly phase: 'climb' | 'try' | 'finish';
  readonly climbed: number;
  readonly trial: Trial | null;
  /** What is left of this round. */
  readonly queue: readonly Proposal[];
  readonly round: number;
  /** What was accepted last: it is proposed first. */
  readonly favourite: string | null;
  /** Rounds in a row of which nothing was accepted. */
  readonly idle: number;
  readonly tried: number;
  /** All that was proposed, and what came of it. */
  readonly history: readonly StepEvent[];
  /** How many of them have been shown. */
  readonly shown: number;
};

export type MovesAlgorithm = Algorithm<MovesState, Tree, MixtureStats, StepInfo> & {
  /** The first state around one of the algorithm that is driven; proposals are made of the sample. */
  around(inner: Tree, key: Key, sample: Matrix): MovesState;
  /** That of the algorithm. */
  innerOf(state: MovesState): Tree;
};

type Tried = {
  readonly info: StepInfo;
  readonly stats: MixtureStats;
  readonly steps: number;
  readonly gain: number;
  /** Of the step before. */
  readonly lastGain: number;
};
type Verdict = {
  readonly before: number;
  readonly after: number;
  readonly isAccepted: boolean;
  readonly why: string | null;
};

/** Objectives may differ by rounding, relative. */
const ROUNDING = 1e-12;

/**
 * EM or variational Bayes whose number of components changes, or which leaves poor optima: components are born, split, merged and deleted.
 *
 * A climb that has settled is followed by proposals, the most promising first by what costs no pass: components that share rows are merged, small ones deleted, those that
 * tell their own rows the worst split, and components born that grow on a sample beside the mixture. Each is made of statistics and tried by some passes over all rows, or laps over batches; it is
 * accepted where the objective of all rows, as measured, is higher than that of the state it came from (of maximum likelihood and posterior modes `bic` is lower), and only then; of fewer
 * components it may be as high. Every proposal is an event with both numbers. A round without any that was accepted is the last; the run then goes on to its end.
 *
 * `split-merge` merges two and has a third give birth at once, which leaves their number as it is; pairs are ordered by what their merge loses of the sample's evidence, births by what they gain.
 *
 * @returns init, ask, collect and update, and `around` for given first states
 *
 * Cost: a pass a step; a trial takes up to 40, of `split-merge` up to 120; a round of `split-merge` grows 240 components on its sample, some 1,300 steps of one component in all.
 * Source: Ueda, Nakano, Ghahramani & Hinton (2000), SMEM algorithm for mixture models, Neural Computation 12; Hughes & Sudderth (2013), NIPS 26; Verbeek, Vlassis & Kröse (2003),
 * Neural Computation 15, for births.
 *
 * @example
 * const parts = { family: gaussianFull, weights: pointWeights() };
 * const algorithm = batch({ ...parts, components: 1, start: 'k-means++', prior: null, floor: 1e-6 });
 * const own = movesOf({ ...parts, algorithm, dealt: null, moves: ['split', 'merge'], criterion: 'bic', width: 2, totalWeight: 272, shift: 0 });
 * let last;
 * const options = { executor: inline(), state: own.init(key(0), faithful()) };
 * for await (const step of run(own, dataset(faithful()), options)) last = step;
 * last.status; // 'converged'
 * own.innerOf(last.state).logWeights.length; // 2: one component was split
 */
export function movesOf(config: MovesConfig): MovesAlgorithm {
  const { algorithm, totalWeight } = config;
  const schedule = drivenBy(algorithm, config.dealt);
  const limits = LIMITS[config.moves.includes('split-merge') ? 'split-merge' : 'others'];
  /** A gain that counts. */
  const margin = limits.better * totalWeight;
  const messageOf = (inner: Tree): Tree => algorithm.ask(inner, { precision: 'float64', cuts: [0, 0] }).message;
  /** Derived once for all proposals of a round. */
  const nowIn = memoize((sample: MovesState['sample']) =>
    memoize(({ from, stats }: NonNullable<MovesState['measured']>): Now => {
      const scores = algorithm.scores(messageOf(from));
      return { inner: from, scores, stats, reading: readSample(sample, scores) };
    }),
  );
  const around = (inner: Tree, key: Key, sample: Matrix): MovesState => ({
    driven: schedule.around(inner),
    key,
    sample: thinned(sample, limits.sample),
    measured: null,
    phase: 'climb',
    climbed: 0,
    trial: null,
    queue: [],
    round: 0,
    favourite: null,
    idle: 0,
    tried: 0,
    history: [],
    shown: 0,
  });

  /** What comes next once there is nothing under way: another proposal, or the end of the round. */
  const next = (state: MovesState): MovesState => {
    const { queue, measured, sample, key, round, tried } = state;
    if (queue.length === 0 || tried >= MOST_TRIALS) {
      // None of the round was accepted: one that is begins another. Another draw of rows may still be better.
      const isLast = state.idle + 1 >= limits.idle || tried >= MOST_TRIALS;
      return { ...state, queue: [], trial: null, climbed: 0, idle: state.idle + 1, phase: isLast ? 'finish' : 'climb' };
    }
    const [proposal, ...rest] = queue as [Proposal, ...Proposal[]];
    const now = nowIn(sample)(measured!);
    const inner = carryOut(algorithm, proposal, now, { sample, key: split(key, round, tried) });
    const begun = { ...state, queue: rest, tried: tried + 1 };
    if (inner === null) return next(begun);
    const driven = schedule.around(inner);
    return { ...begun, phase: 'try', trial: { proposal, driven, steps: 0, last: Number.NEGATIVE_INFINITY, gain: 0 } };
  };

  const climb = (state: MovesState, stats: MixtureStats): ReturnType<MovesAlgorithm['update']> => {
    const step = schedule.update(state.driven, stats);
    const { info } = step;
    const isBelieved = beliefOf(step);
    if (info === null) return { state: { ...state, driven: step.state }, info, ...isBelieved };
    const events = state.history.slice(state.shown);
    const told: StepInfo = { ...info, ...(events.length > 0 && { events: [...(info.events ?? []), ...events] }) };
    const shown = { ...state, driven: step.state, shown: state.history.length };
    if (state.phase === 'finish') return { state: shown, info: told, ...isBelieved };
    const before = state.measured?.objective ?? Number.NEGATIVE_INFINITY;
    const climbed = state.climbed + 1;
    const measured = measuredBy(info, step);
    const isSettled = climbed > 1 && info.objective - before <= margin;
    const settled = { ...shown, measured, climbed };
    // No run ends before its proposals were tried, were its components at their floor.
    const onTheWay: StepInfo = { ...told, degenerate: [], reset: true };
    if (!isSettled && climbed < limits.climb) return { state: settled, info: onTheWay, ...isBelieved };
    const { sample, favourite } = state;
    const key = split(state.key, 'round', state.round);
    const queue = propose(algorithm, config.moves, nowIn(sample)(measured), { sample, key, favourite });
    return { state: next({ ...settled, queue, round: state.round + 1 }), info: onTheWay, ...isBelieved };
  };

  const attempt = (state: MovesState, stats: MixtureStats): ReturnType<MovesAlgorithm['update']> => {
    const trial = state.trial!;
    const step = schedule.update(trial.driven, stats);
    const { info } = step;
    const isBelieved = beliefOf(step);
    const steps = trial.steps + Number(step.isPass);
    const going = { ...trial, driven: step.state, steps };
    if (info === null) return { state: { ...state, trial: going }, info, ...isBelieved };
    const gain = info.objective - trial.last;
    const isFirst = trial.last === Number.NEGATIVE_INFINITY;
    const on = { ...state, trial: { ...going, last: info.objective, gain: isFirst ? 0 : gain } };
    const all = step.stats();
    const verdict = judge(state.measured!, { info, stats: all, steps, gain, lastGain: trial.gain });
    if (verdict.why === null) return { state: on, info: null, ...isBelieved };
    const { move, components } = trial.proposal;
    const event = {
      name: move,
      components: [...components],
      criterion: config.criterion,
      before: shownValue(config, verdict.before),
      after: shownValue(config, verdict.after),
      accepted: verdict.isAccepted,
      passes: steps,
      count: all.counts.length,
      why: verdict.why,
    };
    const told = { ...state, trial: null, history: [...state.history, event] };
    if (!verdict.isAccepted) return { state: next(told), info: null, ...isBelieved };
    const measured = measuredBy(info, step);
    // Numbers of components have changed: the rest of the queue is about others.
    const fresh = { phase: 'climb', climbed: 0, queue: [], idle: 0, favourite: move } as const;
    return { state: { ...told, driven: step.state, measured, ...fresh }, info: null, ...isBelieved };
  };

  /** What a trial has come to: why it ends, or null where it goes on. */
  const judge = (base: NonNullable<MovesState['measured']>, { info, stats, steps, gain, lastGain }: Tried): Verdict => {
    const before = worthOf(config, base.objective, base.stats);
    const after = worthOf(config, info.objective, stats);
    const isFewer = stats.counts.length < base.stats.counts.length;
    const degenerate = info.degenerate?.length ?? 0;
    const isSound = degenerate <= base.degenerate;
    // At the floor an objective is that of the floor.
    const isSounder = degenerate < base.degenerate;
    // What a step of the state it came from would have gained is not the proposal's merit; fewer components may be as good.
    const isBetter =
      isSounder || (isSound && (isFewer ? after >= before - ROUNDING * Math.abs(before) : after > before + margin));
    const isOver = steps >= limits.trial || gain <= limits.still * margin;
    const told = { before, after, isAccepted: isBetter && (isFewer || isOver) };
    if (told.isAccepted) {
      const why = isSounder ? 'fewer components at their floor' : 'as good, of fewer components';
      return { ...told, why: after > before + margin ? 'better' : why };
    }
    const left = limits.trial - steps;
    const rate = gain / lastGain;
    // Gains that die away have a limit.
    const most = rate < 1 ? Math.min(left, rate / (1 - rate)) : left;
    const due = isFewer ? before : before + margin;
    if (!isSounder && steps > LEAST_STEPS && after + 2 * gain * most < due)
      return { ...told, why: 'it gains too little to become better' };
    if (steps < limits.trial) return { ...told, why: null };
    return { ...told, why: isSound ? 'not better' : 'degenerate' };
  };

  return {
    spec: emSpec('em/moves', config),
    claims: { objective: 'monotone' },
    init: (start: Key, sample: Matrix) => around(algorithm.init(start, sample) as Tree, start, sample),
    around,
    innerOf: ({ driven }) => schedule.innerOf(driven),
    ask: ({ driven, trial }, about) => schedule.ask(trial?.driven ?? driven, about),
    collect: (message, shard, cancel) => algorithm.collect(message, shard, cancel),
    update: (state, { sum }) => (state.trial === null ? climb(state, sum!) : attempt(state, sum!)),
  };
}

/** What is compared: the higher the better. */
function worthOf(
  { criterion, family, weights, width, totalWeight }: MovesConfig,
  objective: number,
  stats: MixtureStats,
): number {
  if (criterion === 'objective') return objective;
  const K = stats.counts.length;
  return objective - 0.5 * (weights.freeParameters(K) + family.freeParameters(K, width)) * Math.log(totalWeight);
}

/** As the user reads it: BIC with its sign, both in his units. */
function shownValue({ criterion, shift }: MovesConfig, value: number): number {
  return criterion === 'bic' ? -2 * (value + shift) : value + shift;
}

function measuredBy(info: StepInfo, { from, stats }: DrivenStep): NonNullable<MovesState['measured']> {
  return { objective: info.objective, degenerate: info.degenerate?.length ?? 0, from, stats: stats() };
}

function beliefOf({ believed }: DrivenStep): { readonly believed?: boolean } {
  return believed === undefined ? {} : { believed };
}
