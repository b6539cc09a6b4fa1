import {
  type Algorithm,
  dirichlet,
  type Family,
  familyNamed,
  type Key,
  type Mixture,
  memoize,
  startMixture,
} from '@mixtention/core';
import { learningRateAt } from '../optimizers/learning-rate.ts';
import { addArrays, mapArrayNames } from '../optimizers/map-arrays.ts';
import type { Arrays } from '../optimizers/optimizer.ts';
import { optimizerNamed } from '../optimizers/optimizers.ts';
import { coordinatesOf } from './coordinates/index.ts';
import { patience, unworn } from './patience.ts';
import type {
  GradientMixtureConfig,
  GradientMixtureInfo,
  GradientMixtureState,
  GradientMixtureStats,
} from './types.ts';
import { logWeightsOf, weightGradient } from './weights.ts';
import { writePart } from './write-part.ts';

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
  const optimizer = optimizerNamed(config.optimizer, WHERE);
  const mixtureOf = memoize((state: GradientMixtureState): Mixture => readMixture(config, state));
  const scoresOf = memoize((mixture: Mixture) => family.scores(mixture.params, mixture.logWeights));

  const logPriorOf = ({ params, logWeights }: Mixture): number =>
    prior === null
      ? 0
      : family.prior.logDensity(prior.family, params) + dirichlet.logDensity(logWeights, prior.concentration);
  const lossGradient = (state: GradientMixtureState, stats: GradientMixtureStats): Arrays => {
    const logits = weightGradient(mixtureOf(state).logWeights, stats.counts, prior?.concentration ?? 1);
    const gradient = { logits, ...space.gradient(state.coordinates, stats, prior?.family ?? null) };
    return mapArrayNames(gradient, (g) => g.map((v) => -v / stats.weight));
  };

  return {
    spec: { algorithm: WHERE, module: '@mixtention/svi', from: import.meta.url, config },
    claims: { objective: 'noisy' },
    init: (key, sample) => firstState(config, startMixture(family, config, key, sample), key),
    collect: (state, shard, cancel) =>
      writePart(family, scoresOf(mixtureOf(state)), { shard, key: state.key, step: state.step, fraction, cancel }),

    update(state, stats) {
      const { key, step } = state;
      const objective = stats.logEvidence + logPriorOf(mixtureOf(state));
      const worn = patience(state.patience, { step, objective, weight: stats.weight, config });
      const learningRate = learningRateAt(config.learningRate, step) * worn.rateFactor;
      const { updates, state: memory } = optimizer.update(lossGradient(state, stats), state.optimizer, learningRate);
      const free = addArrays(state.coordinates, updates);
      const { coordinates, degenerate: bounded } = space.bound(free, components, floor);
      return {
        state: {
          key,
          step: step + 1,
          coordinates: { ...free, ...coordinates },
          optimizer: memory,
          patience: worn.patience,
          bounded,
        },
        info: {
          objective,
          logLikelihood: stats.logEvidence,
          ...(fraction === 1 && { logMaxResponsibility: stats.logMaxResponsibility }),
          gradientEvaluations: step + 1,
          learningRate,
          ...outcome(worn.status, fraction === 1 ? [...state.bounded, ...emptyOf(stats.counts)] : state.bounded),
        },
      };
    },
  };
}

/** A fit that would have converged with dead or collapsed components is degenerate. */
function outcome(
  status: 'converged' | 'diverged' | undefined,
  troubled: readonly number[],
): Pick<GradientMixtureInfo, 'status' | 'degenerate'> {
  const degenerate = [...new Set(troubled)];
  if (status === undefined) return { degenerate };
  return { degenerate, status: status === 'converged' && degenerate.length > 0 ? 'degenerate' : status };
}

function emptyOf(counts: Float64Array): number[] {
  const total = counts.reduce((sum, n) => sum + n, 0);
  return Array.from(counts.keys()).filter((k) => !(counts[k]! > LEAST_SHARE * total));
}

/** The state around a given mixture. */
export function firstState(config: GradientMixtureConfig, mixture: Mixture, key: Key): GradientMixtureState {
  const coordinates = { logits: mixture.logWeights.slice(), ...coordinatesOf(config.family).from(mixture.params) };
  const optimizer = optimizerNamed(config.optimizer, WHERE).init(coordinates);
  return { key, step: 0, coordinates, optimizer, patience: unworn, bounded: [] };
}

/** The mixture that a state holds, in the space of the fit. */
export function readMixture(
  { family, components }: GradientMixtureConfig,
  { coordinates }: GradientMixtureState,
): Mixture {
  return { logWeights: logWeightsOf(coordinates.logits!), params: coordinatesOf(family).to(coordinates, components) };
}
