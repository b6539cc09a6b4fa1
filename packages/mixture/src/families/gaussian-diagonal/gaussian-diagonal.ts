import type { ConjugateFamily, Estimate } from '@mixtention/core';
import { alikeColumns, eachOwned, permuteRows } from '../components.ts';
import { familySpec } from '../family-spec.ts';
import { describeGaussian, diagonal, diagonalOf, givenCovariances, mapMeans } from '../gaussian/affine.ts';
import { distanceScores } from '../gaussian/distance-scores.ts';
import { leastVariance } from '../gaussian/floor-covariance.ts';
import { precisionScores } from '../gaussian/precision-scores.ts';
import { START_FLOOR } from '../gaussian/start-floor.ts';
import { LOG_2PI, repeat } from '../gaussian/whiten.ts';
import { pickColumns } from '../pick-columns.ts';
import { gaussianDiagonalFactors } from './factors.ts';
import { type NormalGamma, type NormalGammaPosterior, normalGamma } from './normal-gamma.ts';
import type { GaussianDiagonalParams } from './params.ts';
import { squares } from './squares.ts';

/**
 * Gaussian components whose columns are independent: ellipses along the axes, each with its own variances.
 *
 *     log N(x; μ_k, σ²_k) = x·(μ_k/σ²_k) − ½ x²·(1/σ²_k) − ½ Σ_d [ μ²_kd/σ²_kd + log σ²_kd + log 2π ]
 *
 * Linear scores with T(x) = [x; x∘x], P = 2D.
 *
 * Cost of `scores` and `estimate`: a few operations a cell of `[K, D]`.
 * Source: `README.md` beside this file.
 *
 * @example
 * const params = { width: 1, means: Float64Array.of(-1, 1), variances: Float64Array.of(1, 1) };
 * gaussianDiagonal.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5))).bias; // log ½ − ½ − ½ log 2π
 */
export const gaussianDiagonal: ConjugateFamily<GaussianDiagonalParams, NormalGamma, NormalGammaPosterior> = {
  spec: familySpec('gaussian-diagonal'),
  columns: (width) => alikeColumns(width, { scaling: 'alone', cells: 'real' }),
  terms: () => [squares],
  checkSupport: () => {},

  scores({ width, means, variances }, logWeights) {
    const bias = logWeights.slice();
    for (let i = 0; i < means.length; i++) bias[Math.floor(i / width)]! -= 0.5 * (Math.log(variances[i]!) + LOG_2PI);
    return precisionScores(
      width,
      means,
      variances.map((v) => 1 / v),
      bias,
      squares,
    );
  },

  distanceScores: ({ width, ...params }, logWeights) => distanceScores(width, params, logWeights),

  startAt(centers, [mean]) {
    const width = centers.cols;
    const spread = Float64Array.from({ length: width }, (_, d) =>
      Math.max(START_FLOOR, mean![width + d]! - mean![d]! ** 2),
    );
    return { width, means: Float64Array.from(centers.data), variances: repeat(spread, centers.rows) };
  },

  estimate,
  prior: normalGamma,
  marginal: ({ width, means, variances }, columns) => ({
    family: gaussianDiagonal,
    params: {
      width: columns.length,
      means: pickColumns(means, width, columns),
      variances: pickColumns(variances, width, columns),
    },
  }),
  conditional: ({ width, means }, _seen, hidden) => ({ intercepts: pickColumns(means, width, hidden), slopes: null }),
  coordinates: gaussianDiagonalFactors,

  sample({ width, means, variances }, k, random) {
    return Float64Array.from({ length: width }, (_, d) => {
      const i = k * width + d;
      return means[i]! + Math.sqrt(variances[i]!) * random.normal();
    });
  },
  freeParameters: (components, width) => 2 * components * width,
  unscale: ({ width, means, variances }, { center, scale }) => ({
    width,
    means: mapMeans(means, center, scale),
    variances: variances.map((v, i) => v * scale[i % width]! ** 2),
  }),
  rescale: ({ width, means, variances }, { center, scale }) => ({
    width,
    means: mapMeans(means, center, scale, 'back'),
    variances: variances.map((v, i) => v / scale[i % width]! ** 2),
  }),
  describe: ({ width, means, variances }) =>
    describeGaussian(width, means, (k) => diagonal(variances.subarray(k * width, (k + 1) * width))),
  fromDescription: (description) => ({
    width: description.means.cols,
    means: Float64Array.from(description.means.data),
    variances: diagonalOf(givenCovariances(description, 'mixture/gaussian-diagonal'), description.means.cols),
  }),
  select: ({ width, means, variances }, order) => ({
    width,
    means: permuteRows(means, width, order),
    variances: permuteRows(variances, width, order),
  }),
  shape: (components, width) => ({ width, means: [components, width], variances: [components, width] }),
};

/** `μ = Σ r x / N`, `σ² = Σ r x² / N − μ²`, not below the floor (the maximum of the likelihood under that floor). */
function estimate(
  counts: Float64Array,
  [sums]: readonly Float64Array[],
  previous: GaussianDiagonalParams,
  floor: number,
): Estimate<GaussianDiagonalParams> {
  const { width } = previous;
  const means = previous.means.slice();
  const variances = previous.variances.slice();
  const least = leastVariance(floor);
  const degenerate = eachOwned(counts, (k) => {
    let floored = false;
    for (let d = 0; d < width; d++) {
      const mean = sums![2 * width * k + d]! / counts[k]!;
      const variance = sums![2 * width * k + width + d]! / counts[k]! - mean * mean;
      means[k * width + d] = mean;
      variances[k * width + d] = Math.max(least, variance);
      floored ||= !(variance > least);
    }
    return floored;
  });
  return { params: { width, means, variances }, degenerate };
}
