import type { Algorithm, Family, Key, Matrix, StepEvent, StepInfo, Tree, Weights } from '@mixtention/core';
import { memoize } from '@mixtention/core/base';
import { split } from '@mixtention/core/numeric';
import { emSpec } from '../em-spec.ts';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';
import { carryOut, type Move, type Now, type Proposal, propose } from './proposals.ts';
import { readSample, thinned } from './sample-reading.ts';

export type MovesConfig = {
  /** What is driven. */
  readonly algorithm: SummedAlgorithm;
  readonly moves: readonly (Move | 'split-merge')[];
  /** `objective` itself where fits of several numbers of components may be compared by it; `bic` where they may not. */
  readonly criterion: 'objective' | 'bic';
  readonly family: Family;
  readonly weights: Weights;
  /** D, and Σ w. */
  readonly width: number;
  readonly totalWeight: number;
};

/** A proposal that is being tried. */
type Trial = { readonly proposal: Proposal; readonly inner: Tree; readonly steps: number; readonly last: number };

export type MovesState = {
  /** Of the algorithm that is driven: the best so far. */
  readonly inner: Tree;
  readonly key: Key;
  /** Rows that proposals are made of. */
  readonly sample: { readonly data: Float64Array; readonly rows: number; readonly cols: number };
  /** Of `inner` when it was last measured. */
  readonly measured: {
    readonly objective: number;
    /** Components at the floor, or without data. */
    readonly degenerate: number;
    readonly stats: MixtureStats;
    readonly from: Tree;
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
};

/** A climb ends where a step gains less than this a row; then there are proposals. */
const SETTLED = 1e-4;
const MOST_CLIMB = 60;
/** Passes that a trial has; it ends as soon as it is better, or cannot become so at the rate at which it gains. */
const TRIAL_STEPS = 30;
/** Before that a gain tells little: trials begin near saddles. */
const LEAST_STEPS = 8;
const MOST_TRIALS = 400;
/** Rounds without any that was accepted, after which there are no more. */
const IDLE_ROUNDS = { 'split-merge': 3, others: 1 };

/**
 * EM or variational Bayes whose number of components changes, or which leaves poor optima: components are born, split, merged and deleted.
 *
 * A climb that has settled is followed by proposals, the most promising first by certificates that cost no pass: components that share rows are merged, small ones deleted, those that
 * tell their own rows the worst split, and a component born of the rows that the mixture tells the worst. Each is made of statistics and tried by some passes over all rows; it is accepted where
 * the objective of all rows, as measured, is higher than that of the state it came from (of maximum likelihood and posterior modes `bic` is lower), and only then. Every proposal is an event with
 * both numbers. A round without any that was accepted is the last; the run then goes on to its end.
 *
 * `split-merge` merges two and splits a third at once, which leaves their number as it is.
 *
 * @returns init, ask, collect and update, and `around` for given first states
 *
 * Cost: a pass a step; a trial takes up to 30.
 * Source: Ueda, Nakano, Ghahramani & Hinton (2000), SMEM algorithm for mixture models, Neural Computation 12; Hughes & Sudderth (2013), NIPS 26.
 *
 * @example
 * const parts = { family: gaussianFull, weights: pointWeights() };
 * const algorithm = batch({ ...parts, components: 1, start: 'k-means++', prior: null, floor: 1e-6 });
 * const own = movesOf({ ...parts, algorithm, moves: ['split', 'merge'], criterion: 'bic', width: 2, totalWeight: 272 });
 * let last;
 * const options = { executor: inline(), state: own.init(key(0), faithful()) };
 * for await (const step of run(own, dataset(faithful()), options)) last = step;
 * last.status; // 'converged'
 * last.state.inner.logWeights.length; // 2: one component was split
 */
export function movesOf(config: MovesConfig): MovesAlgorithm {
  const { algorithm, totalWeight } = config;
  const idleRounds = config.moves.includes('split-merge') ? IDLE_ROUNDS['split-merge'] : IDLE_ROUNDS.others;
  const messageOf = (inner: Tree): Tree => algorithm.ask(inner, { precision: 'float64', cuts: [0, 0] }).message;
  /** Derived once for all proposals of a round. */
  const nowIn = memoize((sample: MovesState['sample']) =>
    memoize(({ from, stats }: NonNullable<MovesState['measured']>): Now => {
      const scores = algorithm.scores(messageOf(from));
      return { inner: from, scores, stats, reading: readSample(sample, scores) };
    }),
  );
  const around = (inner: Tree, key: Key, sample: Matrix): MovesState => ({
    inner,
    key,
    sample: thinned(sample),
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
      const isLast = state.idle + 1 >= idleRounds || tried >= MOST_TRIALS;
      return { ...state, queue: [], trial: null, climbed: 0, idle: state.idle + 1, phase: isLast ? 'finish' : 'climb' };
    }
    const [proposal, ...rest] = queue as [Proposal, ...Proposal[]];
    const now = nowIn(sample)(measured!);
    const inner = carryOut(algorithm, proposal, now, { sample, key: split(key, round, tried) });
    const begun = { ...state, queue: rest, tried: tried + 1 };
    if (inner === null) return next(begun);
    return { ...begun, phase: 'try', trial: { proposal, inner, steps: 0, last: Number.NEGATIVE_INFINITY } };
  };

  const climb = (state: MovesState, stats: MixtureStats): ReturnType<MovesAlgorithm['update']> => {
    const { state: moved, info, believed } = algorithm.update(state.inner, { sum: stats, parts: null });
    const isBelieved = believed === undefined ? {} : { believed };
    if (info === null) return { state: { ...state, inner: moved as Tree }, info, ...isBelieved };
    const events = state.history.slice(state.shown);
    const told: StepInfo = { ...info, ...(events.length > 0 && { events: [...(info.events ?? []), ...events] }) };
    const shown = { ...state, shown: state.history.length };
    if (state.phase === 'finish') return { state: { ...shown, inner: moved as Tree }, info: told, ...isBelieved };
    const before = state.measured?.objective ?? Number.NEGATIVE_INFINITY;
    const climbed = state.climbed + 1;
    const measured = measuredBy(info, stats, state.inner);
    const isSettled = climbed > 1 && info.objective - before <= SETTLED * totalWeight;
    const settled = { ...shown, inner: moved as Tree, measured, climbed };
    if (!isSettled && climbed < MOST_CLIMB) return { state: settled, info: { ...told, reset: true }, ...isBelieved };
    const queue = propose(config.moves, nowIn(state.sample)(measured), state.favourite);
    return {
      state: next({ ...settled, queue, round: state.round + 1 }),
      info: { ...told, reset: true },
      ...isBelieved,
    };
  };

  const attempt = (state: MovesState, stats: MixtureStats): ReturnType<MovesAlgorithm['update']> => {
    const trial = state.trial!;
    const { state: moved, info, believed } = algorithm.update(trial.inner, { sum: stats, parts: null });
    const isBelieved = believed === undefined ? {} : { believed };
    const steps = trial.steps + 1;
    const on = { ...state, trial: { ...trial, inner: moved as Tree, steps, last: info?.objective ?? trial.last } };
    if (info === null) return { state: on, info, ...isBelieved };
    const base = state.measured!;
    const before = worthOf(config, base.objective, base.stats);
    const after = worthOf(config, info.objective, stats);
    const isSound = (info.degenerate?.length ?? 0) <= base.degenerate;
    // What a step of the state it came from would have gained is not the proposal's merit.
    const isBetter = isSound && after > before + SETTLED * totalWeight;
    const gain = info.objective - trial.last;
    const isHopeless = steps > LEAST_STEPS && after + 2 * gain * (TRIAL_STEPS - steps) < before;
    if (!isBetter && !isHopeless && steps < TRIAL_STEPS) return { state: on, info: null, ...isBelieved };
    const { move, components } = trial.proposal;
    const event = {
      name: move,
      components: [...components],
      criterion: config.criterion,
      before: shownValue(config, before),
      after: shownValue(config, after),
      accepted: isBetter,
      passes: steps,
      count: stats.counts.length,
      why: isBetter
        ? 'better'
        : !isSound
          ? 'degenerate'
          : isHopeless
            ? 'it gains too little to become better'
            : 'not better',
    };
    const told = { ...state, trial: null, history: [...state.history, event] };
    if (!isBetter) return { state: next(told), info: null, ...isBelieved };
    const measured = measuredBy(info, stats, trial.inner);
    // Numbers of components have changed: the rest of the queue is about others.
    return {
      state: {
        ...told,
        inner: moved as Tree,
        measured,
        phase: 'climb',
        climbed: 0,
        queue: [],
        idle: 0,
        favourite: move,
      },
      info: null,
      ...isBelieved,
    };
  };

  return {
    spec: emSpec('em/moves', config),
    claims: { objective: 'monotone' },
    init: (start: Key, sample: Matrix) => around(algorithm.init(start, sample) as Tree, start, sample),
    around,
    ask: ({ inner, trial }, about) => algorithm.ask(trial?.inner ?? inner, about),
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

/** BIC is read with its sign. */
function shownValue({ criterion }: MovesConfig, value: number): number {
  return criterion === 'bic' ? -2 * value : value;
}

function measuredBy(info: StepInfo, stats: MixtureStats, from: Tree): NonNullable<MovesState['measured']> {
  return { objective: info.objective, degenerate: info.degenerate?.length ?? 0, stats, from };
}
