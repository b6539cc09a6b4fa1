import type { ConjugateFamily, Estimate, Scores, Stand } from '@mixtention/core';
import { identity, sumsLength } from '@mixtention/core/kernel';
import { alikeColumns, eachOwned, permuteRows } from '../components.ts';
import { familySpec } from '../family-spec.ts';
import { describeGaussian, drawGaussian, givenCovariances, mapCovariances, mapMeans } from '../gaussian/affine.ts';
import { floorCovariance } from '../gaussian/floor-covariance.ts';
import { moments } from '../gaussian/moments.ts';
import type { NormalWishart } from '../gaussian/normal-wishart-prior.ts';
import { regress } from '../gaussian/regress.ts';
import { START_FLOOR } from '../gaussian/start-floor.ts';
import { LOG_2PI, whiten, whitenedScores } from '../gaussian/whiten.ts';
import { pickBlocks, pickColumns } from '../pick-columns.ts';
import { gaussianFullFactors } from './factors.ts';
import { type NormalWishartPosterior, normalWishart } from './normal-wishart.ts';
import type { GaussianFullParams } from './params.ts';

const stand: Stand = { statistics: identity.each, columns: null };

/**
 * Gaussian components, each with its own full covariance: ellipses of any size, shape and direction.
 *
 *     log N(x; μ_k, Σ_k) = −½‖W_k (x − μ_k)‖² − ½ log |Σ_k| − (D/2) log 2π,  Σ_k = L_k L_kᵀ,  W_k = L_k⁻¹
 *
 * Whitened scores, since products of raw coordinates lose digits in float32. T(x) = x; sums hold products too, D + D(D+1)/2 a component.
 * A covariance that is not positive definite scores NaN, which a run reports as diverged.
 *
 * Cost of `scores`: K·D³/3; of `estimate`: K·D², and an eigendecomposition for each component at the floor.
 * Source: `README.md` beside this file.
 *
 * @example
 * const params = { width: 1, means: Float64Array.of(-1, 1), covariances: Float64Array.of(1, 1) };
 * gaussianFull.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5))).bias; // log ½ − ½ log 2π
 */
export const gaussianFull: ConjugateFamily<GaussianFullParams, NormalWishart, NormalWishartPosterior> = {
  spec: familySpec('gaussian-full'),
  columns: (width) => alikeColumns(width, { scaling: 'alone', cells: 'real' }),
  terms: () => [stand],
  checkSupport: () => {},
  scores,

  startAt(centers, [mean]) {
    const width = centers.cols;
    const { covariance } = moments(1, mean!, width);
    floorCovariance(covariance, width, START_FLOOR);
    const covariances = new Float64Array(centers.rows * width * width);
    for (let k = 0; k < centers.rows; k++) covariances.set(covariance, k * width * width);
    return { width, means: Float64Array.from(centers.data), covariances };
  },

  estimate,
  prior: normalWishart,
  marginal: ({ width, means, covariances }, columns) => ({
    family: gaussianFull,
    params: {
      width: columns.length,
      means: pickColumns(means, width, columns),
      covariances: pickBlocks(covariances, width, columns, columns),
    },
  }),
  conditional: regress,
  coordinates: gaussianFullFactors,

  sample({ width, means, covariances }, k, random) {
    const covariance = covariances.subarray(k * width * width, (k + 1) * width * width);
    return drawGaussian(means.subarray(k * width, (k + 1) * width), covariance, random);
  },
  freeParameters: (components, width) => components * (width + (width * (width + 1)) / 2),
  unscale: ({ width, means, covariances }, { center, scale }) => ({
    width,
    means: mapMeans(means, center, scale),
    covariances: mapCovariances(covariances, scale),
  }),
  rescale: ({ width, means, covariances }, { center, scale }) => ({
    width,
    means: mapMeans(means, center, scale, 'back'),
    covariances: mapCovariances(covariances, scale, 'back'),
  }),
  describe: ({ width, means, covariances }) =>
    describeGaussian(width, means, (k) => covariances.slice(k * width * width, (k + 1) * width * width)),
  fromDescription: (description) => ({
    width: description.means.cols,
    means: Float64Array.from(description.means.data),
    covariances: givenCovariances(description, 'mixture/gaussian-full'),
  }),
  select: ({ width, means, covariances }, order) => ({
    width,
    means: permuteRows(means, width, order),
    covariances: permuteRows(covariances, width * width, order),
  }),
  shape: (components, width) => ({ width, means: [components, width], covariances: [components, width, width] }),
};

function scores({ width, means, covariances }: GaussianFullParams, logWeights: Float64Array): Scores {
  const size = width * width;
  const bias = logWeights.slice();
  const all = new Float64Array(covariances.length);
  let most = 0;
  for (let k = 0; k < bias.length; k++) {
    const { whitening, logDet, amplification } = whiten(covariances.subarray(k * size, (k + 1) * size), width);
    all.set(whitening, k * size);
    most = Math.max(most, amplification);
    bias[k]! -= 0.5 * (logDet + width * LOG_2PI);
  }
  return whitenedScores(width, means, all, bias, most, stand);
}

function estimate(
  counts: Float64Array,
  [sums]: readonly Float64Array[],
  previous: GaussianFullParams,
  floor: number,
): Estimate<GaussianFullParams> {
  const { width } = previous;
  const P = sumsLength('each', width, 1);
  const means = previous.means.slice();
  const covariances = previous.covariances.slice();
  const degenerate = eachOwned(counts, (k) => {
    const { mean, covariance } = moments(counts[k]!, sums!.subarray(k * P, (k + 1) * P), width);
    const floored = floorCovariance(covariance, width, floor);
    means.set(mean, k * width);
    covariances.set(covariance, k * width * width);
    return floored;
  });
  return { params: { width, means, covariances }, degenerate };
}
