import type { Algorithm, Key, Mixture, Tree } from '@mixtention/core';
import { fail, specOf } from '@mixtention/core/base';
import { minibatch } from '@mixtention/core/loop';
import { split } from '@mixtention/core/numeric';
import { adam, addArrays, learningRateAt, mapArrayNames } from '@mixtention/core/optimize';
import type { Dirichlet, NormalWishart } from '@mixtention/mixture';
import { startMixture } from '@mixtention/mixture/starts';
import { temperatureAt } from '../gumbel/temperature.ts';
import { wholeEpochs } from '../minibatch/minibatch.ts';
import { estimateOf, noPlateau, standstillSentence, watchPlateau } from '../stopping/plateau.ts';
import { collectGradient } from './collect-gradient.ts';
import { discreteBound, sizeOf } from './discrete-bound.ts';
import { globalsGradient } from './globals-gradient.ts';
import type { MixtureGuide } from './guide.ts';
import { guideAround } from './guide-around.ts';
import { stepNoise } from './objective-gradient.ts';
import type { MixturePrior } from './prior.ts';
import type {
  VariationalConfig,
  VariationalInfo,
  VariationalMessage,
  VariationalState,
  VariationalStats,
} from './types.ts';

/** The fit halves its learning rate at each standstill and ends at the sixth. */
const MOST_STANDSTILLS = 6;
/** Draws of the bound that each step reports; they cost nothing of the data. */
const BOUND_DRAWS = 16;

/**
 * Fixed-form variational inference of a Bayesian Gaussian mixture: stochastic gradient ascent over a Gaussian guide on free coordinates.
 *
 * Model: `π ~ Dir(α), μ_k ~ N(m, (βΛ_k)⁻¹), Λ_k ~ Wishart(W, ν), z_n ~ π, x_n ~ N(μ_z, Λ_z⁻¹)`; guide: see `MixtureGuide`.
 *
 * `collect` takes the gradient of what rows add to the objective by automatic differentiation on the shard's tfjs backend, and sums q(z) exactly by the
 * kernel's `write`; `update` adds what belongs to no row, steps with Adam and reports the bound with discrete assignments, whatever the gradient was
 * taken of.
 *
 * @throws BACKEND_UNAVAILABLE from `collect` on the plain backend; BAD_OPTION without a prior
 *
 * Cost: a step is about three passes of `write` over the rows it sees, and S·K·D³.
 * Source: Kucukelbir et al., Automatic differentiation variational inference (2017); Jang, Gu & Poole (2017) for relaxed assignments.
 *
 * @example
 * import { dirichlet } from '@mixtention/mixture';
 * const algorithm = variational({
 *   family: gaussianFull, components: 2, start: 'k-means++', floor: 1e-6, rows: 272,
 *   weights: dirichlet(1), prior: { mean: new Float64Array(2), shrinkage: 1, degrees: 2, inverseScale: Float64Array.of(1, 0, 0, 1) },
 *   assignments: 'exact', temperature: 1, draws: 8, estimator: 'path', learningRate: 0.03, batches: 1, tolerance: 1e-8, window: 50,
 * });
 * algorithm.spec.name; // 'svi/variational'
 */
export function variational(
  config: VariationalConfig,
): Algorithm<VariationalState, VariationalMessage, VariationalStats, VariationalInfo> {
  const prior = priorOf(config);
  const optimizer = adam();
  const { components, draws, estimator, batches, tolerance } = config;
  const window = wholeEpochs(config.window, batches);

  return {
    spec: {
      kind: 'algorithm',
      name: 'svi/variational',
      module: '@mixtention/svi/variational',
      from: import.meta.url,
      config: specOf(config),
    },
    claims: { objective: 'noisy' },
    init: (key, sample) => guideState(config, startMixture(config, key, sample), key),
    ask: ({ guide, key, step }, { cuts }) => ({
      message: { guide, key, step },
      ...(batches > 1 && { rows: minibatch(key, step % window, batches, cuts.length - 1) }),
    }),
    collect: (message, shard, cancel) => collectGradient(config, message, shard, cancel),

    update(state, { sum }) {
      const { key, step, guide } = state;
      const stats = batches === 1 ? sum! : (scaled(sum!, config.rows / sum!.rows) as VariationalStats);
      const globals = globalsGradient(
        { guide, prior, estimator },
        stepNoise(key, step, draws, components, sizeOf(guide).width),
      );
      const assigned = { counts: stats.counts, sums: stats.sums, entropy: stats.entropy };
      const bound = discreteBound({ guide, assigned, prior }, split(key, 'bound', step % window), BOUND_DRAWS).mean;
      const plateau = watchPlateau(state.plateau, bound, tolerance * stats.weight);
      const isOver = plateau.standstills >= MOST_STANDSTILLS;
      const relaxed = state.relaxed.slice();
      relaxed[step % window] = stats.objective + globals.value;
      const learningRate = learningRateAt(config.learningRate, step) * 0.5 ** plateau.standstills;
      const ascent = addArrays(stats.gradient, globals.gradient);
      const loss = mapArrayNames(ascent, (g) => g.map((v) => -v / stats.weight));
      const { updates, state: memory } = optimizer.update(loss, state.optimizer, learningRate);
      return {
        state: {
          key,
          step: step + 1,
          guide: addArrays(guide, updates) as MixtureGuide,
          optimizer: memory,
          plateau,
          relaxed,
        },
        info: {
          objective: bound,
          logLikelihood: Number.NaN,
          relaxedObjective:
            config.assignments === 'exact' ? null : estimateOf(relaxed.subarray(0, Math.min(step + 1, window))),
          temperature: temperatureAt(config.temperature, step),
          learningRate,
          gradientEvaluations: step + 1,
          guide,
          assigned,
          ...(isOver && { status: 'converged' as const, tested: 'float64', because: standstillSentence(plateau) }),
        },
      };
    },
  };
}

/** Sums of a minibatch, scaled up to those of all rows. */
function scaled(stats: Tree, scale: number): Tree {
  if (typeof stats === 'number') return scale * stats;
  if (stats instanceof Float64Array) return stats.map((v) => scale * v);
  return Object.fromEntries(Object.entries(stats as object).map(([name, own]) => [name, scaled(own as Tree, scale)]));
}

/** The state around a given mixture. */
export function guideState(config: VariationalConfig, mixture: Mixture, key: Key): VariationalState {
  const guide = guideAround(mixture, config.rows);
  const window = wholeEpochs(config.window, config.batches);
  return {
    key,
    step: 0,
    guide,
    optimizer: adam().init(guide),
    plateau: noPlateau(window),
    relaxed: new Float64Array(window),
  };
}

/** The prior of a config, in the form that the bound is written in. */
export function priorOf({ prior, weights }: Pick<VariationalConfig, 'prior' | 'weights'>): MixturePrior {
  if (prior === null) {
    return fail('svi/variational', 'BAD_OPTION', 'prior is "none"; a Bayesian fit is due a prior: "weak", or values');
  }
  const { concentration } = (weights ?? {}) as Partial<Dirichlet>;
  if (concentration === undefined)
    return fail('svi/variational', 'BAD_OPTION', `weights are ${weights?.spec.name}; a Dirichlet prior was due`);
  return { concentration, ...(prior as NormalWishart) };
}
