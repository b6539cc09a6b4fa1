import type { ConjugateFamily, Estimate } from '@mixtention/core';
import { alikeColumns, eachOwned, permuteRows } from '../components.ts';
import { familySpec } from '../family-spec.ts';
import { describeGaussian, diagonal, diagonalOf, givenCovariances, mapMeans } from '../gaussian/affine.ts';
import { distanceScores } from '../gaussian/distance-scores.ts';
import { leastVariance } from '../gaussian/floor-covariance.ts';
import { isotropicScores, squaredNorm } from '../gaussian/precision-scores.ts';
import { START_FLOOR } from '../gaussian/start-floor.ts';
import { LOG_2PI } from '../gaussian/whiten.ts';
import { pickColumns } from '../pick-columns.ts';
import { commonScale } from './common-scale.ts';
import { gaussianSphericalFactors } from './factors.ts';
import {
  type IsotropicNormalGamma,
  type IsotropicNormalGammaPosterior,
  isotropicNormalGamma,
} from './isotropic-normal-gamma.ts';
import type { GaussianSphericalParams } from './params.ts';
import { squaredNorms } from './squared-norms.ts';

/**
 * Gaussian components that are the same in every direction: balls, each of its own size.
 *
 *     log N(x; μ_k, σ²_k I) = x·(μ_k/σ²_k) − ‖x‖²/(2σ²_k) − ‖μ_k‖²/(2σ²_k) − (D/2) log 2πσ²_k
 *
 * Linear scores with T(x) = [x; ‖x‖²], P = D + 1. Columns are centred one by one but scaled jointly, since a ball stays a ball only then.
 *
 * Cost of `scores` and `estimate`: a few operations a cell of `[K, D]`.
 * Source: `README.md` beside this file.
 *
 * @example
 * const params = { width: 1, means: Float64Array.of(-1, 1), variances: Float64Array.of(1, 1) };
 * gaussianSpherical.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5))).bias; // log ½ − ½ − ½ log 2π
 */
export const gaussianSpherical: ConjugateFamily<
  GaussianSphericalParams,
  IsotropicNormalGamma,
  IsotropicNormalGammaPosterior
> = {
  spec: familySpec('gaussian-spherical'),
  columns: (width) => alikeColumns(width, { scaling: 0, cells: 'real' }),
  terms: () => [squaredNorms],
  checkSupport: () => {},

  scores({ width, means, variances }, logWeights) {
    const bias = logWeights.map((l, k) => l - 0.5 * width * (Math.log(variances[k]!) + LOG_2PI));
    return isotropicScores(
      width,
      means,
      variances.map((v) => 1 / v),
      bias,
      squaredNorms,
    );
  },

  distanceScores({ width, means, variances }, logWeights) {
    const each = means.map((_, i) => variances[Math.floor(i / width)]!);
    return distanceScores(width, { means, variances: each }, logWeights);
  },

  startAt(centers, [mean]) {
    const { rows, cols: width } = centers;
    const variance = (mean![width]! - squaredNorm(mean!.subarray(0, width))) / width;
    const variances = new Float64Array(rows).fill(Math.max(START_FLOOR, variance));
    return { width, means: Float64Array.from(centers.data), variances };
  },

  estimate,
  prior: isotropicNormalGamma,
  marginal: ({ width, means, variances }, columns) => ({
    family: gaussianSpherical,
    params: { width: columns.length, means: pickColumns(means, width, columns), variances },
  }),
  conditional: ({ width, means }, _seen, hidden) => ({ intercepts: pickColumns(means, width, hidden), slopes: null }),
  coordinates: gaussianSphericalFactors,

  sample({ width, means, variances }, k, random) {
    const deviation = Math.sqrt(variances[k]!);
    return Float64Array.from({ length: width }, (_, d) => means[k * width + d]! + deviation * random.normal());
  },
  freeParameters: (components, width) => components * (width + 1),
  unscale(params, transform) {
    const scale = commonScale(transform);
    const means = mapMeans(params.means, transform.center, transform.scale);
    return { width: params.width, means, variances: params.variances.map((v) => v * scale * scale) };
  },
  rescale(params, transform) {
    const scale = commonScale(transform);
    const means = mapMeans(params.means, transform.center, transform.scale, 'back');
    return { width: params.width, means, variances: params.variances.map((v) => v / scale / scale) };
  },
  describe: ({ width, means, variances }) =>
    describeGaussian(width, means, (k) => diagonal(new Float64Array(width).fill(variances[k]!))),
  fromDescription(description) {
    const { cols: width, rows } = description.means;
    const diagonals = diagonalOf(givenCovariances(description, 'mixture/gaussian-spherical'), width);
    const variances = new Float64Array(rows);
    for (let i = 0; i < diagonals.length; i++) variances[Math.floor(i / width)]! += diagonals[i]! / width;
    return { width, means: Float64Array.from(description.means.data), variances };
  },
  select: ({ width, means, variances }, order) => ({
    width,
    means: permuteRows(means, width, order),
    variances: permuteRows(variances, 1, order),
  }),
  shape: (components, width) => ({ width, means: [components, width], variances: [components] }),
};

/** `μ = Σ r x / N`, `σ² = (Σ r ‖x‖² / N − ‖μ‖²) / D`, not below the floor (the maximum of the likelihood under that floor). */
function estimate(
  counts: Float64Array,
  [sums]: readonly Float64Array[],
  previous: GaussianSphericalParams,
  floor: number,
): Estimate<GaussianSphericalParams> {
  const { width } = previous;
  const P = width + 1;
  const means = previous.means.slice();
  const variances = previous.variances.slice();
  const least = leastVariance(floor);
  const degenerate = eachOwned(counts, (k) => {
    const mean = sums!.slice(k * P, k * P + width).map((s) => s / counts[k]!);
    const variance = (sums![k * P + width]! / counts[k]! - squaredNorm(mean)) / width;
    means.set(mean, k * width);
    variances[k] = Math.max(least, variance);
    return !(variance > least);
  });
  return { params: { width, means, variances }, degenerate };
}
