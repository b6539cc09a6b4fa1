import type { Algorithm, Key, Matrix, Precision, Scores, StepInfo, Tree } from '@mixtention/core';
import { expectedScore } from '@mixtention/core/kernel';
import { emSpec } from '../em-spec.ts';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import { batchRows, type Dealt } from '../schedule/batches.ts';
import { type SentScores, sendScores } from '../schedule/sent-scores.ts';
import { blend, constantOf, noStats, orderIn, selectStats, sumOf } from '../schedule/stats.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';

export type StepwiseConfig = {
  /** What is driven. */
  readonly algorithm: SummedAlgorithm;
  /** κ in (0, 1]: how fast earlier minibatches are forgotten. */
  readonly forgetting: number;
  /** τ ≥ 0: the larger, the smaller the first steps. */
  readonly delay: number;
  /** An epoch that raises the objective by no more than this ends the run (total, nats). */
  readonly tolerance: number;
} & Dealt;

export type StepwiseState = {
  /** Of the algorithm that is driven, after the last minibatch. */
  readonly inner: Tree;
  /** Of the same, as all minibatches of the last epoch together make it. */
  readonly mean: Tree;
  readonly key: Key;
  /** Minibatches so far. */
  readonly step: number;
  /** Statistics of all rows, as the minibatches tell them. */
  readonly running: MixtureStats;
  /** How many rows these are worth: 1 / Σ ω²/|B| over the minibatches B that they are means of, with weights ω. */
  readonly worth: number;
  /** Of the minibatches of this epoch, as far as it has come, each under the parameters that had not seen it, and what of their evidence does not belong to parameters. */
  readonly epoch: { readonly stats: MixtureStats; readonly constant: number };
  /** Objective of the last epoch, −∞ before there is one, and what it was measured in. */
  readonly last: { readonly objective: number; readonly precision: Precision };
  /** `begin` before any rows were seen, `tell` when an epoch is over. */
  readonly phase: 'begin' | 'learn' | 'tell';
};

export type StepwiseInfo = StepInfo & {
  /** Of the last update of the epoch. */
  readonly rate: number;
};

export type StepwiseAlgorithm = Algorithm<StepwiseState, Tree, MixtureStats, StepwiseInfo> & {
  /** The first state around one of the algorithm that is driven. */
  around(inner: Tree, key: Key): StepwiseState;
  /** That of the algorithm: what the last epoch as a whole tells. */
  innerOf(state: StepwiseState): Tree;
};

/** In which order a step has put the components, where it has. */
type Order = readonly number[] | null;
type Updated = ReturnType<StepwiseAlgorithm['update']>;

/**
 * Online EM; of variational Bayes the stochastic natural-gradient step: every minibatch moves running statistics of all rows, and parameters follow from these.
 *
 *     s ← (1 − ρ_t) s + ρ_t (N/|B|) s(B),   ρ_t = (t + τ)^(−κ)
 *     1/n ← (1 − ρ_t)²/n + ρ_t²/|B|;   parameters from s n/N, where n < N
 *
 * Means of minibatches are worth n rows, and a prior weighs as much beside them as beside so many.
 *
 * A step is an epoch, in which each row is seen once, in minibatches that are drawn anew from (key, epoch). The first look is at rate 1, at rows of all shards.
 * An epoch shows the parameters that follow from the mean of its minibatches, which weighs all rows alike, and not those that the last few have moved; its objective is the bound that
 * the responsibilities of its minibatches make with them, Σ r L + H(r), which no pass over all rows measures below.
 *
 * @param config  what is driven, minibatches and rates
 * @returns init, ask, collect and update, `around` for given first states, and `innerOf`
 *
 * Cost: an epoch is a pass of the kernel, and an update for each minibatch.
 * Source: Cappé & Moulines (2009), Online EM algorithm for latent data models, JRSS B 71, with means (their section 3.3); Hoffman, Blei, Wang & Paisley (2013), Stochastic variational
 * inference, eq. 23–26.
 *
 * @example
 * const algorithm = batch({ family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6 });
 * const steps = stepwise({ algorithm, batches: 10, byShard: false, forgetting: 0.6, delay: 1, tolerance: 1e-4 });
 * steps.spec.name; // 'em/stepwise'
 */
export function stepwise(config: StepwiseConfig): StepwiseAlgorithm {
  const { algorithm, batches, byShard, groups = 1, forgetting, delay, tolerance } = config;
  const around = (inner: Tree, start: Key): StepwiseState => {
    const stats = noStats(scoresIn(algorithm, inner));
    return {
      inner,
      mean: inner,
      key: start,
      step: 0,
      running: stats,
      worth: 0,
      epoch: { stats, constant: 0 },
      last: { objective: Number.NEGATIVE_INFINITY, precision: 'float64' },
      phase: 'begin',
    };
  };
  const rateOf = (step: number): number => (step + 1 + delay) ** -forgetting;
  // A shard may hold groups that no other has: the first look is at all of them.
  const first = byShard || batches === 1 ? null : { batches: batches / groups, byShard };

  const begin = (state: StepwiseState, stats: MixtureStats): Updated => {
    const { inner } = state;
    const all = first === null ? stats : blend(stats, stats, 1, first.batches);
    // Looked at by themselves they are worth as many rows as they are of.
    const { state: moved, info, ...more } = algorithm.update(inner, { sum: stats, parts: null });
    const next = { ...state, inner: moved as Tree, mean: moved as Tree, worth: weightOf(stats) };
    // What is intermediate to the algorithm has scores of another kind: all is collected anew.
    if (info === null) return { state: next, info, ...more };
    const order = orderIn(info);
    const begun: StepwiseState = { ...next, running: inOrder(algorithm, inner, all, order), phase: 'learn' };
    if (first !== null) {
      const epoch = { stats, constant: constantOf(scoresIn(algorithm, inner), stats) };
      return { state: closed({ ...begun, epoch: ordered(inner, epoch, order), step: groups }), info: null, ...more };
    }
    const last = { objective: info.objective, precision: stats.precision };
    return { state: { ...begun, last }, info: { ...info, rate: 1 }, ...more };
  };

  const learn = (state: StepwiseState, stats: MixtureStats): Updated => {
    const { inner, step } = state;
    const times = batches === 1 ? 1 : weightOf(state.running) / (weightOf(stats) || Number.POSITIVE_INFINITY);
    const rate = rateOf(step);
    const running = times === 0 ? state.running : blend(state.running, stats, rate, times);
    const worth = times === 0 ? state.worth : worthOf(state.worth, weightOf(stats), rate);
    const { state: moved, order, ...more } = algorithm.follow(inner, batches === 1 ? running : ofRows(running, worth));
    const next: StepwiseState = {
      ...state,
      inner: moved as Tree,
      step: step + 1,
      running: inOrder(algorithm, inner, running, order),
      worth,
    };
    if (batches === 1) {
      const { logEvidence, precision } = stats;
      const told = algorithm.update(inner, { sum: { ...running, logEvidence, precision }, parts: null }).info!;
      return { ...judged({ ...next, mean: next.inner }, told, stats.precision), ...more };
    }
    const constant = state.epoch.constant + constantOf(scoresIn(algorithm, inner), stats);
    const epoch = ordered(inner, { stats: sumOf([state.epoch.stats, stats]), constant }, order);
    return { state: closed({ ...next, epoch }), info: null, ...more };
  };

  const ordered = (inner: Tree, epoch: StepwiseState['epoch'], order: Order): StepwiseState['epoch'] => ({
    ...epoch,
    stats: inOrder(algorithm, inner, epoch.stats, order),
  });

  /** Once an epoch is over: what all of its minibatches together lead to. */
  const closed = (state: StepwiseState): StepwiseState => {
    const { inner, step, running, epoch } = state;
    if (step % batches !== 0) return state;
    const { state: mean, order } = algorithm.follow(inner, epoch.stats);
    // Now the weight of all rows is known.
    const exact = blend(running, running, 1, weightOf(epoch.stats) / (weightOf(running) || 1));
    return { ...state, mean: mean as Tree, running: exact, epoch: ordered(inner, epoch, order), phase: 'tell' };
  };

  const tell = (state: StepwiseState): Updated => {
    const { mean, epoch } = state;
    const { counts, sums, precision } = epoch.stats;
    const logEvidence = expectedScore(scoresIn(algorithm, mean), counts, sums) + epoch.constant;
    const info = algorithm.update(mean, { sum: { ...epoch.stats, logEvidence }, parts: null }).info!;
    const next: StepwiseState = { ...state, epoch: around(state.inner, state.key).epoch, phase: 'learn' };
    return judged(next, { ...info, logLikelihood: Number.NaN, logMaxResponsibility: Number.NaN }, precision);
  };

  const judged = (state: StepwiseState, info: StepInfo, precision: Precision): Updated => {
    const { last, step } = state;
    const { objective } = info;
    // Objectives of two precisions are not compared.
    const gain = last.precision === precision ? objective - last.objective : Number.NaN;
    const isStill = Math.abs(gain) <= tolerance;
    return {
      state: { ...state, last: { objective, precision } },
      info: {
        ...info,
        rate: rateOf(step - 1),
        ...(isStill && { status: 'converged', tested: precision, because: STANDSTILL }),
      },
    };
  };

  return {
    spec: emSpec('em/stepwise', config),
    claims: { objective: 'noisy' },
    init: (start: Key, sample: Matrix) => around(algorithm.init(start, sample) as Tree, start),
    around,
    innerOf: ({ mean }) => mean,
    ask({ inner, key, step, phase }, about) {
      const asked = algorithm.ask(inner, about);
      if (phase === 'tell') return { ...asked, rows: [] };
      if (batches === 1) return asked;
      const dealt = phase === 'begin' ? first : config;
      const message = sendScores(algorithm.scores(asked.message)) as Tree;
      return { ...asked, message, ...(dealt !== null && { rows: batchRows(dealt, key, step, about.cuts.length - 1) }) };
    },
    collect: (message, shard, cancel) =>
      batches === 1
        ? algorithm.collect(message, shard, cancel)
        : algorithm.collectScored(message as SentScores, shard, cancel),
    update: (state, { sum }) =>
      state.phase === 'tell' ? tell(state) : (state.phase === 'begin' ? begin : learn)(state, sum!),
  };
}

function scoresIn(algorithm: SummedAlgorithm, inner: Tree): Scores {
  return algorithm.scores(algorithm.ask(inner, { precision: 'float64', cuts: [0, 0] }).message);
}

/** Statistics in the order that a step has put the components in. */
function inOrder(algorithm: SummedAlgorithm, inner: Tree, stats: MixtureStats, order: Order): MixtureStats {
  return order === null ? stats : selectStats(scoresIn(algorithm, inner), stats, order);
}

/** How many rows `(1 − rate)·old + rate·fresh` is worth. */
function worthOf(old: number, fresh: number, rate: number): number {
  return old === 0 ? fresh : 1 / ((1 - rate) ** 2 / old + rate ** 2 / fresh);
}

/** Statistics of all rows as those of so many: a prior counts beside what is known, and not beside more. */
function ofRows(all: MixtureStats, rows: number): MixtureStats {
  const share = rows / weightOf(all);
  return share < 1 ? blend(all, all, 1, share) : all;
}

function weightOf({ counts }: MixtureStats): number {
  return counts.reduce((sum, n) => sum + n, 0);
}

const STANDSTILL =
  'an epoch of minibatches, each scored before it was learnt from, raised the objective by no more than the tolerance; schedule memoized or batch tells what is left';
