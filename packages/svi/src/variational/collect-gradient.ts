import type { Cancellation, Matrix, Shard } from '@mixtention/core';
import { fail, memoize } from '@mixtention/core/base';
import { split } from '@mixtention/core/numeric';
import type * as TF from '@tensorflow/tfjs-core';
import { temperatureAt } from '../gumbel/temperature.ts';
import { drawMinibatch } from '../minibatch/draw-minibatch.ts';
import { assignedOf, guideScores } from './assigned.ts';
import { type GradientInput, objectiveGradient, stepNoise } from './objective-gradient.ts';
import { outerStatistics } from './outer-statistics.ts';
import type { MixturePrior } from './prior.ts';
import type { VariationalConfig, VariationalState, VariationalStats } from './types.ts';

type Work = { readonly state: VariationalState; readonly shard: Shard; readonly cancel: Cancellation | undefined };

/**
 * Gradient of the training objective on a shard, and the sums of q(z) over it in the precision of the backend: enough for training.
 *
 * @throws BACKEND_UNAVAILABLE on the plain backend
 */
export function collectGradient(config: VariationalConfig, prior: MixturePrior, work: Work): VariationalStats {
  const { state, shard, cancel } = work;
  const tf = tfOf(shard);
  const weight = shard.weights === null ? shard.rows : shard.weights.reduce((sum, w) => sum + w, 0);
  if (config.fraction === 1) return { weight, ...measure(shard, 1) };
  const { rows, scale } = drawMinibatch(state.key, state.step, shard, config.fraction);
  const part = shard.subset(rows);
  try {
    return { weight, ...measure(part, scale) };
  } finally {
    part.release();
  }

  function measure(part: Shard, scale: number): Omit<VariationalStats, 'weight'> {
    const scores = guideScores(state.guide);
    const written = part.write(scores, cancel === undefined ? {} : { cancel });
    const { value, gradient } = objectiveGradient(tf, gradientInput(config, prior, { state, part, scale }));
    return { gradient, objective: value, ...assignedOf(written, state.guide, scale) };
  }
}

function gradientInput(
  config: VariationalConfig,
  prior: MixturePrior,
  { state, part, scale }: { readonly state: VariationalState; readonly part: Shard; readonly scale: number },
): GradientInput {
  const { components, draws, assignments, temperature, estimator } = config;
  const { guide, key, step } = state;
  const matrix = part.matrix();
  return {
    guide,
    prior,
    components,
    width: matrix.cols,
    noise: stepNoise(key, step, draws, components, matrix.cols),
    statistics: statisticsOf(matrix),
    rowWeights: scaledWeights(part, scale),
    mode: assignments,
    temperature: temperatureAt(temperature, step),
    key: split(key, step, part.index),
    // Shard 0 is in every data set, so the terms of the global parameters count once.
    withGlobals: part.index === 0,
    estimator,
  };
}

const statisticsOf = memoize((x: Matrix): Matrix => outerStatistics(x));

function scaledWeights({ weights, rows }: Shard, scale: number): Float64Array | null {
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
