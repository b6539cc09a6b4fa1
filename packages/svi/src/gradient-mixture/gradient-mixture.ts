import type { Algorithm, Key, Mixture, Scores } from '@mixtention/core';
import { memoize, priorOf, specOf } from '@mixtention/core/base';
import { isExact } from '@mixtention/core/data';
import { minibatch } from '@mixtention/core/loop';
import type { Arrays } from '@mixtention/core/optimize';
import { addArrays, learningRateAt, mapArrayNames, optimizerNamed } from '@mixtention/core/optimize';
import { pointWeights } from '@mixtention/mixture';
import { startMixture } from '@mixtention/mixture/starts';
import { coordinatesOf } from './coordinates.ts';
import { patience, unworn, type Worn, wholeEpochs } from './patience.ts';
import { isCoarse, outgrows, roundingOf } from './rounding.ts';
import type {
  GradientMixtureConfig,
  GradientMixtureInfo,
  GradientMixtureState,
  GradientMixtureStats,
} from './types.ts';
import { scaledUp, writeStats } from './write-stats.ts';

const WHERE = 'svi/gradient-mixture';
/** A component with less than this share of all rows owns nothing. */
const LEAST_SHARE = 1e-10;

/**
 * A mixture trained by gradient ascent on its log-likelihood, or with a prior on its log posterior.
 *
 * The gradient is what the kernel writes: `∂Σℓ/∂b = counts` and `∂Σℓ/∂H = sums`. `update` chains it, in float64, to coordinates that are free to
 * take any value (logits of the weights; means and log-diagonal Cholesky factors of precisions, or logits of probabilities), and an optimizer steps
 * on the mean loss `−objective / Σw`. So a step costs what a step of EM costs; it needs many more of them.
 *
 * A pass in float32 that shows no more, or gives components that float32 is too coarse for, is not believed. A run that has lost its way goes back to
 * its best state and ends there.
 *
 * With `batches` > 1 every shard is dealt out at random, anew in each epoch, and a step sees one part of it, scaled up: an estimate of objective and
 * gradient that is exact over an epoch.
 *
 * @param config  plain data and objects with a spec, so that workers can rebuild the algorithm
 * @returns init, collect and update; the objective is claimed to rise on average only
 * @throws UNKNOWN_NAME for an unknown optimizer, BAD_OPTION for a family or weights without free coordinates
 *
 * Cost: a step is one pass of the kernel's `write` over the rows it sees, plus O(K·P), and K·D³ for full covariances.
 * Source: the gradient, Xu & Jordan (1996), On convergence properties of the EM algorithm, Neural Computation 8, eq. 8–10.
 *
 * @example
 * const algorithm = gradientMixture({
 *   family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6,
 *   optimizer: 'adam', learningRate: 0.1, batches: 1, rows: 272, totalWeight: 272, tolerance: 1e-8, window: 50,
 * });
 * algorithm.spec.name; // 'svi/gradient-mixture'
 */
export function gradientMixture(
  config: GradientMixtureConfig,
): Algorithm<GradientMixtureState, Mixture, GradientMixtureStats, GradientMixtureInfo> {
  const { family, components, prior, weights = pointWeights(), floor, batches } = config;
  const window = wholeEpochs(config.window, batches);
  const { ofFamily, ofWeights } = coordinatesOf(family, weights);
  const optimizer = optimizerNamed(config.optimizer, WHERE);
  const mixtureOf = memoize((state: GradientMixtureState): Mixture => readMixture(config, state));
  const scoresOf = memoize<Mixture, Scores>(({ params, logWeights }) => family.scores(params, logWeights));

  const logPriorOf = ({ params, logWeights }: Mixture): number =>
    (prior === null ? 0 : priorOf(family, WHERE).logDensity(prior, params)) + weights.logDensity(logWeights);
  const lossGradient = (state: GradientMixtureState, stats: GradientMixtureStats): Arrays => {
    const logits = ofWeights.gradient(state.coordinates.logits!, stats.counts);
    const gradient = { logits, ...ofFamily.gradient(state.coordinates, stats, prior) };
    return mapArrayNames(gradient, (g) => g.map((v) => -v / stats.weight));
  };
  const ascend = (state: GradientMixtureState, stats: GradientMixtureStats, rate: number): GradientMixtureState => {
    const { updates, state: memory } = optimizer.update(lossGradient(state, stats), state.optimizer, rate);
    const free = addArrays(state.coordinates, updates);
    const { coordinates, degenerate: bounded } = ofFamily.bound(free, components, floor);
    return { ...state, coordinates: { ...free, ...coordinates }, optimizer: memory, bounded };
  };
  /** The state after one whose step is counted and whose patience is worn, and whether to believe in it. */
  const follow = (
    state: GradientMixtureState,
    stats: GradientMixtureStats,
    { outcome, rate }: { readonly outcome: Worn['outcome']; readonly rate: number },
  ): { readonly state: GradientMixtureState; readonly believed: boolean } => {
    if (outcome === 'lost') return { state: { ...state, ...state.best, isLost: true }, believed: true };
    if (outcome === 'coarse') return { state, believed: false };
    const next = ascend(state, stats, rate);
    const scores = (): { before: Scores; after: Scores } => ({
      before: scoresOf(mixtureOf(state)),
      after: scoresOf(mixtureOf(next)),
    });
    return { state: next, believed: !outgrows(stats, scores) };
  };

  return {
    spec: { kind: 'algorithm', name: WHERE, module: '@mixtention/svi', from: import.meta.url, config: specOf(config) },
    claims: { objective: 'noisy' },
    init: (key, sample) => firstState(config, startMixture(config, key, sample), key),
    ask: (state, { cuts }) => ({
      message: mixtureOf(state),
      ...(batches > 1 && { rows: minibatch(state.key, state.step % window, batches, cuts.length - 1) }),
    }),
    collect: (mixture, shard, cancel) =>
      writeStats(scoresOf(mixture), shard, { exact: isExact(family, shard.width), cancel }),

    update(state, { sum }) {
      const { step } = state;
      const stats = batches === 1 ? sum! : scaledUp(sum!, config.rows);
      const objective = stats.logEvidence + logPriorOf(mixtureOf(state));
      const { weight, precision } = stats;
      const rounding = { rounding: roundingOf(stats), isCoarse: isCoarse(stats), precision };
      const worn = patience(state.patience, { step, objective, weight, ...rounding, config: { ...config, window } });
      const learningRate = learningRateAt(config.learningRate, step) * worn.rateFactor;
      const isBest = worn.patience.best.step === step;
      const best = isBest ? { coordinates: state.coordinates, bounded: state.bounded } : state.best;
      const counted = { ...state, step: step + 1, patience: worn.patience, best };
      const troubled = batches === 1 ? [...state.bounded, ...emptyOf(stats.counts)] : state.bounded;
      return {
        ...follow(counted, stats, { outcome: worn.outcome, rate: learningRate }),
        info: {
          objective,
          logLikelihood: stats.logEvidence,
          ...(batches === 1 && { logMaxResponsibility: stats.logMaxResponsibility }),
          magnitude: stats.magnitude,
          precision: stats.precision,
          gradientEvaluations: step + 1,
          learningRate,
          ...statusOf(state.isLost ? 'diverged' : worn.outcome, troubled, worn.because),
        },
      };
    },
  };
}

/** A fit that would have converged with dead or collapsed components is degenerate. */
function statusOf(
  outcome: 'diverged' | Worn['outcome'],
  troubled: readonly number[],
  because: string | undefined,
): Pick<GradientMixtureInfo, 'status' | 'degenerate' | 'because'> {
  const degenerate = [...new Set(troubled)];
  if (outcome === 'diverged') return { degenerate, status: outcome };
  if (outcome !== 'converged') return { degenerate };
  if (degenerate.length > 0) return { degenerate, status: 'degenerate' };
  return { degenerate, status: 'converged', ...(because !== undefined && { because }) };
}

function emptyOf(counts: Float64Array): number[] {
  const total = counts.reduce((sum, n) => sum + n, 0);
  return Array.from(counts.keys()).filter((k) => !(counts[k]! > LEAST_SHARE * total));
}

/** The state around a given mixture. */
export function firstState(config: GradientMixtureConfig, mixture: Mixture, key: Key): GradientMixtureState {
  const { family, weights = pointWeights(), totalWeight, batches, window } = config;
  const { ofFamily, ofWeights } = coordinatesOf(family, weights);
  const logits = ofWeights.from(mixture.logWeights, totalWeight);
  const coordinates = { logits, ...ofFamily.from(mixture.params) };
  const optimizer = optimizerNamed(config.optimizer, WHERE).init(coordinates);
  return {
    key,
    step: 0,
    coordinates,
    optimizer,
    patience: unworn({ batches, window: wholeEpochs(window, batches) }),
    bounded: [],
    best: { coordinates, bounded: [] },
  };
}

/** The mixture that a state holds, in the space of the fit. */
export function readMixture(
  { family, weights = pointWeights(), components }: GradientMixtureConfig,
  { coordinates }: GradientMixtureState,
): Mixture {
  const { ofFamily, ofWeights } = coordinatesOf(family, weights);
  return { logWeights: ofWeights.to(coordinates.logits!), params: ofFamily.to(coordinates, components) };
}
