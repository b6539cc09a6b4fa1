import {
  type Algorithm,
  fail,
  gaussianFull,
  type Key,
  type LinearScores,
  type Matrix,
  type Mixture,
  type MixtureConfig,
  memoize,
  type NormalWishart,
  type Shard,
  type StepInfo,
  split,
  startMixture,
} from '@mixtention/core';
import type * as TF from '@tensorflow/tfjs-core';
import { drawMinibatch } from '../gradient-mixture/minibatch.ts';
import { type Temperature, temperatureAt } from '../gumbel/temperature.ts';
import { adam } from '../optimizers/adam.ts';
import { type LearningRate, learningRateAt } from '../optimizers/learning-rate.ts';
import { addArrays, mapArrayNames } from '../optimizers/map-arrays.ts';
import type { Arrays, OptimizerState } from '../optimizers/optimizer.ts';
import { noPlateauYet, type Plateau, watchPlateau } from '../stopping/plateau.ts';
import { type Assigned, discreteBound } from './discrete-bound.ts';
import type { Guide } from './guide.ts';
import { guideAround } from './guide-around.ts';
import { type AssignmentMode, objectiveGradient, stepNoise } from './objective-gradient.ts';
import type { MixturePrior } from './prior.ts';

export type VariationalConfig = MixtureConfig & {
  /** N: how wide the first guide is. */
  readonly rows: number;
  /** `exact` sums assignments out; `relaxed` and `straight-through` draw them by Gumbel-softmax. */
  readonly assignments: AssignmentMode;
  /** Of relaxed draws. */
  readonly temperature: Temperature;
  /** S: draws of the global parameters a step. */
  readonly draws: number;
  /** See `objectiveGradient`. */
  readonly estimator: 'path' | 'total';
  readonly learningRate: LearningRate;
  /** Share of the rows that a step sees, in (0, 1]. */
  readonly fraction: number;
  /** See `watchPlateau`: gain per step and unit of weight that counts as none. */
  readonly tolerance: number;
  readonly window: number;
};

export type VariationalState = {
  readonly key: Key;
  readonly step: number;
  readonly guide: Guide;
  readonly optimizer: OptimizerState;
  readonly plateau: Plateau;
};

export type VariationalStats = Assigned & {
  /** Of the training objective by the guide. */
  readonly gradient: Arrays;
  readonly objective: number;
  /** Σ w of all rows. */
  readonly weight: number;
};

export type VariationalInfo = StepInfo & {
  /** Estimate of the evidence lower bound with discrete assignments; noisy. */
  readonly objective: number;
  /** What the gradient was taken of. With relaxed or straight-through assignments it is no bound on the evidence. */
  readonly relaxedObjective: number;
  readonly temperature: number;
  readonly learningRate: number;
  readonly gradientEvaluations: number;
  /** The guide that came in, and what q(z) gives under it: all that the bound depends on. */
  readonly guide: Guide;
  readonly assigned: Assigned;
};

/** The fit halves its learning rate at each standstill and ends at the sixth. */
const MOST_STANDSTILLS = 6;
/** Draws of the bound that each step reports; they cost nothing of the data. */
const BOUND_DRAWS = 16;

/**
 * Fixed-form variational inference of a Bayesian Gaussian mixture: stochastic gradient ascent over a Gaussian guide on free coordinates.
 *
 * Model: `π ~ Dir(α), μ_k ~ N(m, (βΛ_k)⁻¹), Λ_k ~ Wishart(W, ν), z_n ~ π, x_n ~ N(μ_z, Λ_z⁻¹)`; guide: see `Guide`.
 *
 * `collect` takes the gradient of the objective by automatic differentiation on the shard's tfjs backend, and sums q(z) exactly by the kernel's
 * `write`; `update` steps with Adam and reports the bound with discrete assignments, whatever the gradient was taken of.
 *
 * @throws BACKEND_UNAVAILABLE from `collect` on the plain backend; BAD_OPTION without a prior
 *
 * Cost: a step is about three passes of `write` over the rows it sees, and S·K·D³.
 * Source: Kucukelbir et al., Automatic differentiation variational inference (2017); Jang, Gu & Poole (2017) for relaxed assignments.
 *
 * @example
 * const algorithm = variational({
 *   family: 'gaussian-full', components: 2, start: 'k-means++', floor: 1e-6, rows: 272,
 *   prior: { concentration: 1, family: { mean: new Float64Array(2), shrinkage: 1, degrees: 2, inverseScale: Float64Array.of(1, 0, 0, 1) } },
 *   assignments: 'exact', temperature: 1, draws: 8, estimator: 'path', learningRate: 0.03, fraction: 1, tolerance: 1e-6, window: 100,
 * });
 */
export function variational(config: VariationalConfig): Algorithm<VariationalState, VariationalStats, VariationalInfo> {
  const { fraction } = config;
  const prior = priorOf(config);
  const scoresOf = memoize(({ guide }: VariationalState) => guideScores(guide));
  const optimizer = adam();
  const rule = { window: config.window, tolerance: config.tolerance * config.window };

  return {
    spec: { algorithm: 'svi/variational', module: '@mixtention/svi/variational', from: import.meta.url, config },
    claims: { objective: 'noisy' },
    init: (key, sample) => guideState(config, startMixture(gaussianFull, config, key, sample), key),

    collect(state, shard, cancel) {
      const weight = shard.weights === null ? shard.rows : shard.weights.reduce((sum, w) => sum + w, 0);
      const { rows, scale } =
        fraction === 1 ? { rows: null, scale: 1 } : drawMinibatch(state.key, state.step, shard, fraction);
      const part = rows === null ? shard : shard.subset(rows);
      try {
        const written = part.write(gaussianFull, scoresOf(state), cancel === undefined ? {} : { cancel });
        const { value, gradient } = objectiveGradient(tfOf(shard), gradientInput(state, part, scale));
        return { gradient, objective: value, weight, ...assignedOf(written, scoresOf(state), scale) };
      } finally {
        if (part !== shard) (part as ReturnType<Shard['subset']>).release();
      }
    },

    update(state, stats) {
      const assigned = { counts: stats.counts, sums: stats.sums, entropy: stats.entropy };
      const bound = discreteBound(
        { guide: state.guide, assigned, prior },
        split(state.key, 'bound', state.step),
        BOUND_DRAWS,
      ).mean;
      const plateau = watchPlateau(state.plateau, bound, { ...rule, tolerance: rule.tolerance * stats.weight });
      const learningRate = learningRateAt(config.learningRate, state.step) * 0.5 ** plateau.standstills;
      const loss = mapArrayNames(stats.gradient, (g) => g.map((v) => -v / stats.weight));
      const { updates, state: memory } = optimizer.update(loss, state.optimizer, learningRate);
      return {
        state: {
          key: state.key,
          step: state.step + 1,
          guide: addArrays(state.guide, updates) as Guide,
          optimizer: memory,
          plateau,
        },
        info: {
          objective: bound,
          logLikelihood: Number.NaN,
          relaxedObjective: stats.objective,
          temperature: temperatureAt(config.temperature, state.step),
          learningRate,
          gradientEvaluations: state.step + 1,
          guide: state.guide,
          assigned,
          ...(plateau.standstills >= MOST_STANDSTILLS && { status: 'converged' as const }),
        },
      };
    },
  };

  function gradientInput(state: VariationalState, part: Shard, scale: number): Parameters<typeof objectiveGradient>[1] {
    const { components, draws, assignments, temperature, estimator } = config;
    const matrix = part.matrix();
    return {
      guide: state.guide,
      prior,
      components,
      width: matrix.cols,
      noise: stepNoise(state.key, state.step, draws, components, matrix.cols),
      statistics: statisticsOf(matrix),
      rowWeights: scaled(part, scale),
      mode: assignments,
      temperature: temperatureAt(temperature, state.step),
      key: split(state.key, state.step, part.index),
      // Shard 0 is in every data set, so the terms of the global parameters count once.
      withGlobals: part.index === 0,
      estimator,
    };
  }
}

/** The state around a given mixture. */
export function guideState(config: VariationalConfig, mixture: Mixture, key: Key): VariationalState {
  const guide = guideAround(mixture, config.rows);
  return { key, step: 0, guide, optimizer: adam().init(guide), plateau: noPlateauYet };
}

/** The prior of a config, in the form that the bound is written in. */
export function priorOf({ prior }: Pick<VariationalConfig, 'prior'>): MixturePrior {
  if (prior === null)
    return fail('svi/variational', 'BAD_OPTION', 'prior is "none"; a Bayesian fit is due a prior: "weak", or values');
  return { concentration: prior.concentration, ...(prior.family as NormalWishart) };
}

const statisticsOf = memoize((x: Matrix): Matrix => gaussianFull.statistics(x));

/** Scores of q(z): a row's unnormalised log probabilities. */
function guideScores(guide: Guide): LinearScores {
  const components = guide.weight.length;
  const width = guide.assignment.length / components;
  return { form: 'linear', components, width, natural: guide.assignment, bias: guide.assignmentBias };
}

/** `−Σ r log r = Σ log evidence − Σ r · scores`, from the sums alone. */
function assignedOf(
  {
    counts,
    sums,
    logEvidence,
  }: { readonly counts: Float64Array; readonly sums: Float64Array; readonly logEvidence: number },
  { natural, bias }: LinearScores,
  scale: number,
): Assigned {
  const expectedScore =
    sums.reduce((total, s, i) => total + s * natural[i]!, 0) + counts.reduce((total, n, k) => total + n * bias[k]!, 0);
  return {
    counts: counts.map((n) => scale * n),
    sums: sums.map((s) => scale * s),
    entropy: scale * (logEvidence - expectedScore),
  };
}

function scaled({ weights, rows }: Shard, scale: number): Float64Array | null {
  if (weights === null) return scale === 1 ? null : new Float64Array(rows).fill(scale);
  return weights.map((w) => scale * w);
}

function tfOf({ backend }: Shard): typeof TF {
  if (backend.tf !== null) return backend.tf as typeof TF;
  return fail(
    'svi/variational',
    'BACKEND_UNAVAILABLE',
    `the ${backend.name} backend has no automatic differentiation; give an executor on a tfjs backend, native or wasm`,
  );
}
