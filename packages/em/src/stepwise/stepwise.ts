import type { Algorithm, Key, Matrix, Precision, StepInfo, Tree } from '@mixtention/core';
import { emSpec } from '../em-spec.ts';
import type { MixtureStats } from '../mixture/collect-mixture.ts';
import { batchRows, type Dealt } from '../schedule/batches.ts';
import { blend, noStats, orderIn, selectStats } from '../schedule/stats.ts';
import type { SummedAlgorithm } from '../schedule/summed.ts';

export type StepwiseConfig = {
  /** What is driven. */
  readonly algorithm: SummedAlgorithm;
  /** κ in (½, 1]: how fast earlier minibatches are forgotten. */
  readonly forgetting: number;
  /** τ ≥ 0: the larger, the smaller the first steps. */
  readonly delay: number;
  /** An epoch that raises the objective by no more than this ends the run (total, nats). */
  readonly tolerance: number;
} & Dealt;

export type StepwiseState = {
  /** Of the algorithm that is driven. */
  readonly inner: Tree;
  readonly key: Key;
  /** Updates by minibatches so far. */
  readonly step: number;
  /** Statistics of all rows, as the minibatches tell them. */
  readonly running: MixtureStats;
  /** Of the minibatches of this epoch, as far as it has come: each under the parameters that had not seen it. */
  readonly epoch: Pick<MixtureStats, 'logEvidence' | 'orphans' | 'precision'>;
  /** Objective of the last epoch, −∞ before there is one, and what it was measured in. */
  readonly last: { readonly objective: number; readonly precision: Precision };
  /** Whether no pass over all rows has been made yet: the first statistics are of all. */
  readonly isFirst: boolean;
};

export type StepwiseInfo = StepInfo & {
  /** Of the last update of the epoch. */
  readonly rate: number;
};

export type StepwiseAlgorithm = Algorithm<StepwiseState, Tree, MixtureStats, StepwiseInfo> & {
  /** The first state around one of the algorithm that is driven. */
  around(inner: Tree, key: Key): StepwiseState;
};

/**
 * Online EM; of variational Bayes the stochastic natural-gradient step: every minibatch moves running statistics of all rows, and parameters follow from these.
 *
 *     s ← (1 − ρ_t) s + ρ_t (N/|B|) s(B),   ρ_t = (t + τ)^(−κ)
 *
 * A step is an epoch, in which each row is seen once, in minibatches that are drawn anew from (key, epoch). The first is a pass over all rows at rate 1, which is a
 * step of the algorithm that is driven. The objective adds up what each minibatch was worth before the parameters had seen it: an estimate, which rises on average.
 *
 * @param config  what is driven, minibatches and rates
 * @returns init, ask, collect and update, and `around` for given first states
 *
 * Cost: an epoch is a pass of the kernel, and an update for each minibatch.
 * Source: Cappé & Moulines (2009), Online EM algorithm for latent data models, JRSS B 71; Hoffman, Blei, Wang & Paisley (2013), Stochastic variational inference, eq. 23–26.
 *
 * @example
 * const algorithm = batch({ family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6 });
 * const steps = stepwise({ algorithm, batches: 10, byShard: false, forgetting: 0.6, delay: 1, tolerance: 1e-4 });
 * steps.spec.name; // 'em/stepwise'
 */
export function stepwise(config: StepwiseConfig): StepwiseAlgorithm {
  const { algorithm, batches, forgetting, delay, tolerance } = config;
  const around = (inner: Tree, start: Key): StepwiseState => {
    const { message } = algorithm.ask(inner, { precision: 'float64', cuts: [0, 0] });
    return {
      inner,
      key: start,
      step: 0,
      running: noStats(algorithm.scores(message)),
      epoch: NOTHING_SEEN,
      last: { objective: Number.NEGATIVE_INFINITY, precision: 'float64' },
      isFirst: true,
    };
  };
  const rateOf = (step: number): number => (step + 1 + delay) ** -forgetting;
  return {
    spec: emSpec('em/stepwise', config),
    claims: { objective: 'noisy' },
    init: (start: Key, sample: Matrix) => around(algorithm.init(start, sample) as Tree, start),
    around,
    ask({ inner, key, step, isFirst }, about) {
      const asked = algorithm.ask(inner, about);
      return isFirst || batches === 1 ? asked : { ...asked, rows: batchRows(config, key, step, about.cuts.length - 1) };
    },
    collect: (message, shard, cancel) => algorithm.collect(message, shard, cancel),
    update(state, { sum }) {
      const stats = sum!;
      if (state.isFirst) return afterAll(algorithm, state, stats);
      const { inner, step, epoch } = state;
      const rate = rateOf(step);
      const times = timesOf(stats, state.running, batches);
      const running = times === 0 ? state.running : blend(state.running, stats, rate, times);
      const { state: moved, info: told, believed } = algorithm.update(inner, { sum: running, parts: null });
      const seen = {
        logEvidence: epoch.logEvidence + stats.logEvidence,
        orphans: epoch.orphans + stats.orphans,
        precision: epoch.precision === 'float64' ? stats.precision : epoch.precision,
      };
      const next = {
        ...state,
        inner: moved as Tree,
        step: step + 1,
        running: inOrder(algorithm, inner, running, told),
      };
      const isBelieved = believed === undefined ? {} : { believed };
      if ((step + 1) % batches !== 0) return { state: { ...next, epoch: seen }, info: null, ...isBelieved };
      const info = algorithm.update(inner, { sum: { ...running, ...seen }, parts: null }).info!;
      const { objective } = info;
      // Objectives of two precisions are not compared.
      const gain = state.last.precision === seen.precision ? objective - state.last.objective : Number.NaN;
      return {
        state: { ...next, epoch: NOTHING_SEEN, last: { objective, precision: seen.precision } },
        info: {
          ...info,
          ...(batches > 1 && { logLikelihood: Number.NaN, logMaxResponsibility: Number.NaN }),
          rate,
          ...(Math.abs(gain) <= tolerance && { status: 'converged', tested: seen.precision, because: STANDSTILL }),
        },
        ...isBelieved,
      };
    },
  };
}

/** Statistics in the order that a step has put the components in. */
function inOrder(algorithm: SummedAlgorithm, inner: Tree, stats: MixtureStats, info: StepInfo | null): MixtureStats {
  const order = orderIn(info);
  if (order === null) return stats;
  const { message } = algorithm.ask(inner, { precision: 'float64', cuts: [0, 0] });
  return selectStats(algorithm.scores(message), stats, order);
}

/** N/|B| by row weight; a minibatch of no weight tells nothing. */
function timesOf(fresh: MixtureStats, running: MixtureStats, batches: number): number {
  const total = (counts: Float64Array): number => counts.reduce((sum, n) => sum + n, 0);
  // All rows are all rows, whatever rounding says.
  return batches === 1 ? 1 : total(running.counts) / (total(fresh.counts) || Number.POSITIVE_INFINITY);
}

/** After a pass over all rows: a step of the algorithm itself, whose statistics are those that minibatches move. */
function afterAll(
  algorithm: SummedAlgorithm,
  state: StepwiseState,
  stats: MixtureStats,
): ReturnType<StepwiseAlgorithm['update']> {
  const { state: inner, info, believed } = algorithm.update(state.inner, { sum: stats, parts: null });
  return {
    // What is intermediate to the algorithm has scores of another kind: all is collected anew.
    state: {
      ...state,
      inner: inner as Tree,
      running: inOrder(algorithm, state.inner, stats, info),
      isFirst: info === null,
      last: info === null ? state.last : { objective: info.objective, precision: stats.precision },
    },
    info: info === null ? null : { ...info, rate: 1 },
    ...(believed !== undefined && { believed }),
  };
}

/** Of an epoch that begins. */
const NOTHING_SEEN: StepwiseState['epoch'] = { logEvidence: 0, orphans: 0, precision: 'float64' };

const STANDSTILL =
  'an epoch of minibatches, each scored before it was learnt from, raised the objective by no more than the tolerance; schedule memoized or batch tells what is left';
