import type { Algorithm, Key, Matrix, Scores, StepEvent, StepInfo, Tree } from '@mixtention/core';
import { expectedScore } from '@mixtention/core/kernel';
import { key } from '@mixtention/core/numeric';
import { emSpec } from '../em-spec.ts';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import { batchRows, type Dealt } from '../schedule/batches.ts';
import { constantOf, drifted, foreseen, noStats, orderIn, selectStats, sizeOf, sumOf } from '../schedule/stats.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';

/** Statistics of each batch are kept. */
export type MemoizedConfig = {
  /** What is driven. */
  readonly algorithm: SummedAlgorithm;
} & Dealt;

/** Statistics of one batch, as of its last visit. */
type Kept = {
  readonly stats: MixtureStats;
  /** What of its evidence did not belong to the parameters of then. */
  readonly constant: number;
};

export type MemoizedState = {
  /** Of the algorithm that is driven: its best parameters for the statistics that are kept. */
  readonly inner: Tree;
  /** What rows are scored by: parameters from statistics as they will be, or `inner`. */
  readonly ahead: Tree;
  readonly isAhead: boolean;
  /** Of each batch. */
  readonly kept: readonly Kept[];
  /** What the sums of these moved by in about a lap. */
  readonly drift: MixtureStats;
  /** Which batch comes next. */
  readonly next: number;
  /** Whether the parameters wait for the statistics of all batches: these are not there yet, or passes still gain much. */
  readonly isFilling: boolean;
  /** What the objective was after the last batch. */
  readonly last: number;
  /** What the objective was after each batch of this lap, as far as it has come, `[batches]`. */
  readonly objectives: Float64Array;
  /** What steps did in this lap beside moving, so far. */
  readonly events: readonly StepEvent[];
};

export type MemoizedInfo = StepInfo & {
  /** The objective of all rows after each batch of the lap, `[batches]`; one number after a pass over all rows. */
  readonly objectives: Float64Array;
};

export type MemoizedAlgorithm = Algorithm<MemoizedState, Tree, MixtureStats, MemoizedInfo> & {
  /** The first state around one of the algorithm that is driven. */
  around(inner: Tree): MemoizedState;
};

/** By which rows are dealt out to batches: it belongs to the arithmetic, as the cuts of shards do. */
const DEALT: Key = key(0);

/**
 * So much of the lag of statistics is left, in laps. What a batch is scored by follows from sums whose parts are (B + 1)/2B laps old on average when it is there; looking ahead by that less δ has
 * directions in which EM takes a share ε of the way to the optimum a pass gone through at ε/δ a lap, and at up to twice ε without. A smaller δ swings longer about the optimum where ε is larger.
 */
const LAG_LEFT = 0.1;
/**
 * Nats a row. As long as a pass gains more, EM is quick, and to which optimum it comes is being decided: updates after every batch, and looking ahead, would save little and lead to another one, as
 * often a lower as a higher one.
 */
const SLOW = 3e-3;
/** An objective that is lower by so much of itself is not. */
const ROUNDING = 1e-12;

/**
 * EM, or variational Bayes, that updates after every batch of rows: the statistics of all batches are kept, and those of the visited one replaced.
 *
 *     S ← S − s_b(old) + s_b(new);   parameters from S
 *     D ← (1 − 1/B) D + s_b(new) − s_b(old);   the next batch is scored by parameters from S + ((B + 1)/2B − δ) D, once passes gain little
 *
 * The objective is that of all rows, with the responsibilities that each batch had at its last visit: `Σ r_nk L_nk + H(r)` and what belongs to no row.
 * It is exact, a lower bound of the log-likelihood (or the ELBO of these responsibilities), and rises with every batch: where looking ahead would make it fall, the batch is visited again, by
 * the parameters from S, and what S moved by is forgotten. There is no step size. A step is a lap over all batches; the first ones are
 * passes over all rows with one update each, those of the algorithm that is driven, until one gains less than 0.003 nats a row: they decide to which optimum.
 *
 * @param config  what is driven, and how many batches there are
 * @returns init, ask, collect and update, and `around` for given first states; the state holds the statistics of every batch, so that a run that resumes has the bits of one that never stopped
 *
 * Cost: a lap is a pass of the kernel, and two updates for each batch; `batches` times the statistics are kept.
 * Source: Neal & Hinton (1998), A view of the EM algorithm that justifies incremental, sparse and other variants; Hughes & Sudderth (2013), NIPS 26, for Bayes. Looking ahead is our own.
 *
 * @example
 * const algorithm = batch({ family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6 });
 * const steps = memoized({ algorithm, batches: 4, byShard: false });
 * steps.spec.name; // 'em/memoized'
 */
export function memoized(config: MemoizedConfig): MemoizedAlgorithm {
  const { algorithm, batches } = config;
  const around = (inner: Tree): MemoizedState => {
    const none = noStats(algorithm.scores(messageOf(algorithm, inner)));
    return {
      inner,
      ahead: inner,
      isAhead: false,
      kept: Array.from({ length: batches }, () => ({ stats: none, constant: 0 })),
      drift: none,
      next: 0,
      isFilling: true,
      last: Number.NEGATIVE_INFINITY,
      objectives: new Float64Array(batches).fill(Number.NEGATIVE_INFINITY),
      events: [],
    };
  };
  return {
    spec: emSpec('em/memoized', config),
    claims: { objective: 'monotone' },
    init: (start: Key, sample: Matrix) => around(algorithm.init(start, sample) as Tree),
    around,
    ask({ ahead, next }, about) {
      const { message, ...asked } = algorithm.ask(ahead, about);
      return { ...asked, message, rows: batchRows(config, DEALT, next, about.cuts.length - 1) };
    },
    collect: (message, shard, cancel) => algorithm.collect(message, shard, cancel),
    update(state, { sum }) {
      const { inner, ahead, isAhead, next, isFilling } = state;
      const stats = sum!;
      const scores = algorithm.scores(messageOf(algorithm, inner));
      const constant = constantOf(algorithm.scores(messageOf(algorithm, ahead)), stats);
      const now = state.kept.with(next, { stats, constant });
      const isLap = next === batches - 1;
      const following = (next + 1) % batches;
      if (isFilling && !isLap) return { state: { ...state, kept: now, next: following }, info: null };
      const total = sumOf(now.map((batch) => batch.stats));
      const all = isFilling ? total : withBound(scores, total, now);
      const { state: moved, info, believed } = algorithm.update(inner, { sum: all, parts: null });
      if (isAhead && info !== null && !(info.objective >= state.last - ROUNDING * Math.abs(state.last)))
        return { state: { ...state, ahead: inner, isAhead: false, drift: noStats(scores) }, info: null };
      const order = orderIn(info);
      const inOrder = (one: MixtureStats): MixtureStats => (order === null ? one : selectStats(scores, one, order));
      const kept = order === null ? now : now.map((one) => ({ ...one, stats: inOrder(one.stats) }));
      const drift = isFilling ? state.drift : drifted(state.drift, state.kept[next]!.stats, stats, 1 - 1 / batches);
      const objective = info?.objective ?? Number.NEGATIVE_INFINITY;
      // Before its lap is over a batch is compared with the pass that filled the statistics.
      const objectives = isFilling ? state.objectives.map(() => objective) : state.objectives.with(next, objective);
      const gain = (objective - state.objectives[next]!) / total.counts.reduce((sum, n) => sum + n, 0);
      const events = [...state.events, ...(info?.events ?? [])];
      const after = { kept, drift: inOrder(drift), next: following };
      const later =
        isFilling || info === null || batches === 1 || !(gain < SLOW)
          ? null
          : lookAhead(algorithm, moved as Tree, { ...after, total: inOrder(total) });
      return {
        state: {
          inner: moved as Tree,
          ahead: later ?? (moved as Tree),
          isAhead: later !== null,
          ...after,
          // What is intermediate to the algorithm has scores of another kind: all is collected anew.
          isFilling: info === null || (isFilling && batches > 1 && !(gain < SLOW)),
          last: objective,
          objectives,
          events: isLap ? [] : events,
        },
        info: info === null || !isLap ? null : shown(info, { objectives, isExact: isFilling, events }),
        ...(believed !== undefined && { believed }),
      };
    },
  };
}

function messageOf(algorithm: SummedAlgorithm, inner: Tree): Tree {
  return algorithm.ask(inner, { precision: 'float64', cuts: [0, 0] }).message;
}

/** The state that follows from statistics as they will be; null where there is none to be had. */
function lookAhead(
  algorithm: SummedAlgorithm,
  inner: Tree,
  { kept, total, drift }: Pick<MemoizedState, 'kept' | 'drift'> & { readonly total: MixtureStats },
): Tree | null {
  const scores = algorithm.scores(messageOf(algorithm, inner));
  const sum = foreseen(scores, total, drift, (kept.length + 1) / (2 * kept.length) - LAG_LEFT);
  const { state, info, believed } = algorithm.update(inner, { sum, parts: null });
  // Kept statistics are in the order of `inner`.
  if (believed === false || orderIn(info) !== null) return null;
  return algorithm.scores(messageOf(algorithm, state as Tree)).bias.some(Number.isNaN) ? null : (state as Tree);
}

/** The same statistics, and in the place of their evidence the bound that the responsibilities of then make with the scores of now. */
function withBound(scores: Scores, total: MixtureStats, kept: readonly Kept[]): MixtureStats {
  const constant = kept.reduce((sum, batch) => sum + batch.constant, 0);
  const magnitude = Math.max(total.magnitude, sizeOf(scores, total));
  return { ...total, magnitude, logEvidence: expectedScore(scores, total.counts, total.sums) + constant };
}

type Lap = Pick<MemoizedState, 'objectives' | 'events'> & { readonly isExact: boolean };

function shown(info: StepInfo, { objectives, events, isExact }: Lap): MemoizedInfo {
  const told = { ...info, ...(events.length > 0 && { events }) };
  if (isExact) return { ...told, objectives: Float64Array.of(info.objective) };
  // Responsibilities of several states make a bound, not the log-likelihood.
  return { ...told, logLikelihood: Number.NaN, logMaxResponsibility: Number.NaN, objectives };
}
