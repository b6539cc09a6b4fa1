import type { Algorithm, Key, Matrix, Scores, StepEvent, StepInfo, Tree } from '@mixtention/core';
import { expectedScore } from '@mixtention/core/kernel';
import { key } from '@mixtention/core/numeric';
import { emSpec } from '../em-spec.ts';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import { batchRows, type Dealt } from '../schedule/batches.ts';
import { constantOf, noStats, orderIn, selectStats, sumOf } from '../schedule/stats.ts';
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
  /** Of the algorithm that is driven. */
  readonly inner: Tree;
  /** Of each batch. */
  readonly kept: readonly Kept[];
  /** Which batch comes next. */
  readonly next: number;
  /** Whether there are not statistics of all yet: then the parameters wait for them. */
  readonly isFilling: boolean;
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
 * EM, or variational Bayes, that updates after every batch of rows: the statistics of all batches are kept, and those of the visited one replaced.
 *
 *     S ← S − s_b(old) + s_b(new);   parameters from S
 *
 * The objective is that of all rows, with the responsibilities that each batch had at its last visit: `Σ r_nk L_nk + H(r)` and what belongs to no row.
 * It is exact, a lower bound of the log-likelihood (or the ELBO of these responsibilities), and rises with every batch. There is no step size. A step is a lap over all batches; the
 * first is a pass over all rows.
 *
 * @param config  what is driven, and how many batches there are
 * @returns init, ask, collect and update, and `around` for given first states; the state holds the statistics of every batch, so that a run that resumes has the bits of one that never stopped
 *
 * Cost: a lap is a pass of the kernel, and an update for each batch; `batches` times the statistics are kept.
 * Source: Neal & Hinton (1998), A view of the EM algorithm that justifies incremental, sparse and other variants; Hughes & Sudderth (2013), NIPS 26, for Bayes.
 *
 * @example
 * const algorithm = batch({ family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6 });
 * const steps = memoized({ algorithm, batches: 4, byShard: false });
 * steps.spec.name; // 'em/memoized'
 */
export function memoized(config: MemoizedConfig): MemoizedAlgorithm {
  const { algorithm, batches } = config;
  const around = (inner: Tree): MemoizedState => {
    const none = { stats: noStats(algorithm.scores(messageOf(algorithm, inner))), constant: 0 };
    return {
      inner,
      kept: Array.from({ length: batches }, () => none),
      next: 0,
      isFilling: true,
      objectives: new Float64Array(batches),
      events: [],
    };
  };
  return {
    spec: emSpec('em/memoized', config),
    claims: { objective: 'monotone' },
    init: (start: Key, sample: Matrix) => around(algorithm.init(start, sample) as Tree),
    around,
    ask({ inner, next }, about) {
      const { message, ...asked } = algorithm.ask(inner, about);
      return { ...asked, message, rows: batchRows(config, DEALT, next, about.cuts.length - 1) };
    },
    collect: (message, shard, cancel) => algorithm.collect(message, shard, cancel),
    update(state, { sum }) {
      const { inner, next, isFilling } = state;
      const stats = sum!;
      const scores = algorithm.scores(messageOf(algorithm, inner));
      const now = state.kept.with(next, { stats, constant: constantOf(scores, stats) });
      const isLap = next === batches - 1;
      const following = (next + 1) % batches;
      if (isFilling && !isLap) return { state: { ...state, kept: now, next: following }, info: null };
      const all = isFilling ? sumOf(now.map((batch) => batch.stats)) : withBound(scores, now);
      const { state: moved, info, believed } = algorithm.update(inner, { sum: all, parts: null });
      const order = orderIn(info);
      const kept = order === null ? now : now.map((one) => ({ ...one, stats: selectStats(scores, one.stats, order) }));
      const objectives = state.objectives.with(next, info?.objective ?? Number.NEGATIVE_INFINITY);
      const events = [...state.events, ...(info?.events ?? [])];
      return {
        state: {
          inner: moved as Tree,
          kept,
          next: following,
          // What is intermediate to the algorithm has scores of another kind: all is collected anew.
          isFilling: info === null,
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

/** Statistics of all rows, and in the place of their evidence the bound that the responsibilities of then make with the scores of now. */
function withBound(scores: Scores, kept: readonly Kept[]): MixtureStats {
  const sum = sumOf(kept.map(({ stats }) => stats));
  const constant = kept.reduce((total, batch) => total + batch.constant, 0);
  return { ...sum, logEvidence: expectedScore(scores, sum.counts, sum.sums) + constant };
}

type Lap = Pick<MemoizedState, 'objectives' | 'events'> & { readonly isExact: boolean };

function shown(info: StepInfo, { objectives, events, isExact }: Lap): MemoizedInfo {
  const told = { ...info, ...(events.length > 0 && { events }) };
  if (isExact) return { ...told, objectives: Float64Array.of(info.objective) };
  // Responsibilities of several states make a bound, not the log-likelihood.
  return { ...told, logLikelihood: Number.NaN, logMaxResponsibility: Number.NaN, objectives };
}
