import type { Cancellation, Matrix, Shard } from '@mixtention/core';
import { fail, memoize } from '@mixtention/core/base';
import { split } from '@mixtention/core/numeric';
import type * as TF from '@tensorflow/tfjs-core';
import { temperatureAt } from '../gumbel/temperature.ts';
import { assignedOf, guideScores } from './assigned.ts';
import { objectiveGradient, stepNoise } from './objective-gradient.ts';
import { outerStatistics } from './outer-statistics.ts';
import type { VariationalConfig, VariationalMessage, VariationalStats } from './types.ts';

/**
 * What rows add to the gradient of the training objective, and the sums of q(z) over them, in float64: the bound that ends the fit is made of these.
 *
 * @throws BACKEND_UNAVAILABLE on the plain backend
 */
export function collectGradient(
  config: VariationalConfig,
  { guide, key, step }: VariationalMessage,
  shard: Shard,
  cancel: Cancellation | undefined,
): VariationalStats {
  const tf = tfOf(shard);
  const { components, draws, assignments, temperature } = config;
  const scores = guideScores(guide);
  const written = shard.write(scores, { precision: 'float64', ...(cancel && { cancel }) });
  const matrix = shard.matrix();
  const { value, gradient } = objectiveGradient(tf, {
    guide,
    components,
    width: matrix.cols,
    noise: stepNoise(key, step, draws, components, matrix.cols),
    statistics: statisticsOf(matrix),
    rowWeights: shard.weights,
    numbers: shard.numbers(),
    mode: assignments,
    temperature: temperatureAt(temperature, step),
    key: split(key, step),
  });
  const weight = shard.weights === null ? shard.rows : shard.weights.reduce((sum, w) => sum + w, 0);
  return { rows: shard.rows, weight, gradient, objective: value, ...assignedOf(written, guide) };
}

const statisticsOf = memoize((x: Matrix): Matrix => outerStatistics(x));

function tfOf({ backend }: Shard): typeof TF {
  if (backend.tf !== null) return backend.tf as typeof TF;
  return fail(
    'svi/variational',
    'BACKEND_UNAVAILABLE',
    `the ${backend.name} backend has no automatic differentiation; give an executor on a tfjs backend, tfjs-node or tfjs-wasm`,
  );
}
