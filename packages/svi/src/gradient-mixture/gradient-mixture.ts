import {
  type Algorithm,
  type Cancellation,
  type Family,
  familyNamed,
  type Key,
  type Mixture,
  type MixtureConfig,
  memoize,
  type Shard,
  type StepInfo,
  startMixture,
} from '@mixtention/core';
import { type LearningRate, learningRateAt } from '../optimizers/learning-rate.ts';
import { addArrays, mapArrayNames } from '../optimizers/map-arrays.ts';
import type { Arrays, OptimizerState } from '../optimizers/optimizer.ts';
import { type OptimizerName, optimizerNamed } from '../optimizers/optimizers.ts';
import { coordinatesOf } from './coordinates/index.ts';
import { type Patience, patience, unworn } from './patience.ts';
import { logWeightDensity, logWeightsOf, weightGradient } from './weights.ts';
import { writePart } from './write-part.ts';

export type GradientMixtureConfig = MixtureConfig & {
  readonly optimizer: OptimizerName;
  readonly learningRate: LearningRate;
  /** Share of the rows that a step sees, in (0, 1]; 1 is the full batch. */
  readonly fraction: number;
  /** See `patience`. */
  readonly tolerance: number;
  readonly window: number;
};

/** Free coordinates of the mixture, the optimizer's memory, and what the stopping rule has seen. */
export type GradientMixtureState = {
  readonly key: Key;
  readonly step: number;
  /** `logits` of the weights `[K]`, and the coordinates of the family. */
  readonly coordinates: Arrays;
  readonly optimizer: OptimizerState;
  readonly patience: Patience;
  /** Components whose variance was held at the floor by the step that made this state. */
  readonly bounded: readonly number[];
};

export type GradientMixtureStats = {
  /** N_k, `[K]`: the gradient of Σ log evidence by the bias */
  readonly counts: Float64Array;
  /** Σ r_nk T(x_n), `[K, P]`: its gradient by the natural parameters */
  readonly sums: Float64Array;
  readonly logEvidence: number;
  readonly logMaxResponsibility: number;
  /** Σ w of all rows, also of those that a minibatch leaves out. */
  readonly weight: number;
};

export type GradientMixtureInfo = StepInfo & {
  /** Of the full batch only: there the step has measured every row. */
  readonly logMaxResponsibility?: number;
  /** Since the start began, this one counted: one a pass. */
  readonly gradientEvaluations: number;
  readonly learningRate: number;
};

/**
 * A mixture trained by gradient ascent on its log-likelihood, or with a prior on its log posterior.
 *
 * The gradient is what the kernel writes: `∂Σℓ/∂b = counts` and `∂Σℓ/∂H = sums`. `update` chains it, in float64, to coordinates that are free to
 * take any value (logits of the weights; means and log-diagonal Cholesky factors of precisions, or logits of probabilities), and an optimizer steps
 * on the mean loss `−objective / Σw`. So a step costs what a step of EM costs; it needs many more of them.
 *
 * With `fraction < 1` every shard gives a seeded random part of its rows, scaled up: an unbiased estimate of objective and gradient.
 *
 * @param config  plain data, so that workers can rebuild the algorithm
 * @param family  the family itself, when core does not know it by name
 * @returns init, collect and update; the objective is claimed to rise on average only
 * @throws UNKNOWN_NAME for an unknown family or optimizer, BAD_OPTION for a family without free coordinates
 *
 * Cost: a step is one pass of the kernel's `write` over the rows it sees, plus O(K·P), and K·D³ for full covariances.
 * Source: the gradient, Xu & Jordan (1996), On convergence properties of the EM algorithm, Neural Computation 8, eq. 8–10.
 *
 * @example
 * const algorithm = gradientMixture({
 *   family: 'gaussian-full', components: 2, start: 'k-means++', prior: null, floor: 1e-6,
 *   optimizer: 'adam', learningRate: 0.1, fraction: 1, tolerance: 1e-8, window: 50,
 * });
 */
export function gradientMixture(
  config: GradientMixtureConfig,
  family: Family = familyNamed(config.family),
): Algorithm<GradientMixtureState, GradientMixtureStats, GradientMixtureInfo> {
  const { components, prior, floor, fraction } = config;
  const space = coordinatesOf(family.name);
  const optimizer = optimizerNamed(config.optimizer, 'svi/gradient-mixture');
  const mixtureOf = memoize((state: GradientMixtureState): Mixture => readMixture(config, state));
  const scoresOf = memoize((state: GradientMixtureState) => {
    const { params, logWeights } = mixtureOf(state);
    return family.scores(params, logWeights);
  });

  const measure = (
    state: GradientMixtureState,
    stats: GradientMixtureStats,
  ): { objective: number; logLikelihood: number } => {
    const { params, logWeights } = mixtureOf(state);
    const logPrior =
      prior === null
        ? 0
        : family.prior.logDensity(prior.family, params) + logWeightDensity(logWeights, prior.concentration);
    return { objective: stats.logEvidence + logPrior, logLikelihood: stats.logEvidence };
  };
  const ascend = (state: GradientMixtureState, stats: GradientMixtureStats): Arrays => ({
    logits: weightGradient(mixtureOf(state).logWeights, stats.counts, prior?.concentration ?? 1),
    ...space.gradient(state.coordinates, stats, prior?.family ?? null),
  });

  return {
    spec: { algorithm: 'svi/gradient-mixture', module: '@mixtention/svi', from: import.meta.url, config },
    claims: { objective: 'noisy' },
    init: (key, sample) => firstState(config, startMixture(family, config, key, sample), key),
    collect: (state, shard: Shard, cancel?: Cancellation) =>
      writePart(family, scoresOf(state), { shard, key: state.key, step: state.step, fraction, cancel }),

    update(state, stats) {
      const { objective, logLikelihood } = measure(state, stats);
      const worn = patience(state.patience, { step: state.step, objective, weight: stats.weight, config });
      const learningRate = learningRateAt(config.learningRate, state.step) * worn.rateFactor;
      const gradient = mapArrayNames(ascend(state, stats), (g) => g.map((v) => -v / stats.weight));
      const { updates, state: memory } = optimizer.update(gradient, state.optimizer, learningRate);
      const free = addArrays(state.coordinates, updates);
      const { coordinates, degenerate: bounded } = space.bound(free, components, floor);
      const degenerate = fraction < 1 ? state.bounded : [...new Set([...state.bounded, ...emptyOf(stats.counts)])];
      const status = worn.status === 'converged' && degenerate.length > 0 ? 'degenerate' : worn.status;
      return {
        state: {
          key: state.key,
          step: state.step + 1,
          coordinates: { ...free, ...coordinates },
          optimizer: memory,
          patience: worn.patience,
          bounded,
        },
        info: {
          objective,
          logLikelihood,
          ...(fraction === 1 && { logMaxResponsibility: stats.logMaxResponsibility }),
          gradientEvaluations: state.step + 1,
          learningRate,
          degenerate,
          ...(status !== undefined && { status }),
        },
      };
    },
  };

  function emptyOf(counts: Float64Array): number[] {
    const total = counts.reduce((sum, n) => sum + n, 0);
    return Array.from({ length: components }, (_, k) => k).filter((k) => !(counts[k]! > 1e-10 * total));
  }
}

/** The state around a given mixture. */
export function firstState(config: GradientMixtureConfig, mixture: Mixture, key: Key): GradientMixtureState {
  const coordinates = { logits: mixture.logWeights.slice(), ...coordinatesOf(config.family).from(mixture.params) };
  const optimizer = optimizerNamed(config.optimizer, 'svi/gradient-mixture').init(coordinates);
  return { key, step: 0, coordinates, optimizer, patience: unworn, bounded: [] };
}

/** The mixture that a state holds, in the space of the fit. */
export function readMixture(
  { family, components }: GradientMixtureConfig,
  { coordinates }: GradientMixtureState,
): Mixture {
  return { logWeights: logWeightsOf(coordinates.logits!), params: coordinatesOf(family).to(coordinates, components) };
}
