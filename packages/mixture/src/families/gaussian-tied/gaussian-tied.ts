import type { ConjugateFamily, Estimate, Scores, Stand } from '@mixtention/core';
import { identity, triangleSize } from '@mixtention/core/kernel';
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
import { gaussianTiedFactor } from './factor.ts';
import type { GaussianTiedParams } from './params.ts';
import { type TiedNormalWishartPosterior, tiedNormalWishart } from './tied-normal-wishart.ts';

const stand: Stand = { statistics: identity.pooled, columns: null };

/**
 * Gaussian components that share one full covariance: ellipses alike in size, shape and direction.
 *
 *     log N(x; μ_k, Σ) = −½‖W (x − μ_k)‖² − ½ log |Σ| − (D/2) log 2π,  Σ = L Lᵀ,  W = L⁻¹
 *
 * Whitened scores with one factor W: its products with a row are made once.
 * T(x) = x; sums hold D of each component, and one D(D+1)/2 of products for all. A covariance that is not positive definite scores NaN.
 *
 * Cost of `scores`: D³/3 + K·D²; of `estimate`: K·D², and one eigendecomposition at the floor.
 * Source: `README.md` beside this file.
 *
 * @example
 * const params = { width: 1, means: Float64Array.of(-1, 1), covariance: Float64Array.of(1) };
 * gaussianTied.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5))).bias; // log ½ − ½ log 2π
 */
export const gaussianTied: ConjugateFamily<GaussianTiedParams, NormalWishart, TiedNormalWishartPosterior> = {
  spec: familySpec('gaussian-tied'),
  columns: (width) => alikeColumns(width, { scaling: 'alone', cells: 'real' }),
  terms: () => [stand],
  checkSupport: () => {},
  scores,

  startAt(centers, [mean]) {
    const { covariance } = moments(1, mean!, centers.cols);
    floorCovariance(covariance, centers.cols, START_FLOOR);
    return { width: centers.cols, means: Float64Array.from(centers.data), covariance };
  },

  estimate,
  prior: tiedNormalWishart,
  marginal: ({ width, means, covariance }, columns) => ({
    family: gaussianTied,
    params: {
      width: columns.length,
      means: pickColumns(means, width, columns),
      covariance: pickBlocks(covariance, width, columns, columns),
    },
  }),
  conditional: ({ width, means, covariance }, seen, hidden) =>
    regress({ width, means, covariances: covariance }, seen, hidden),
  coordinates: gaussianTiedFactor,

  sample({ width, means, covariance }, k, random) {
    return drawGaussian(means.subarray(k * width, (k + 1) * width), covariance, random);
  },
  freeParameters: (components, width) => components * width + (width * (width + 1)) / 2,
  unscale: ({ width, means, covariance }, { center, scale }) => ({
    width,
    means: mapMeans(means, center, scale),
    covariance: mapCovariances(covariance, scale),
  }),
  rescale: ({ width, means, covariance }, { center, scale }) => ({
    width,
    means: mapMeans(means, center, scale, 'back'),
    covariance: mapCovariances(covariance, scale, 'back'),
  }),
  describe: ({ width, means, covariance }) => describeGaussian(width, means, () => covariance.slice()),
  fromDescription: (description) => ({
    width: description.means.cols,
    means: Float64Array.from(description.means.data),
    covariance: average(givenCovariances(description, 'mixture/gaussian-tied'), description.means.cols),
  }),
  select: ({ width, means, covariance }, order) => ({ width, means: permuteRows(means, width, order), covariance }),
  shape: (components, width) => ({ width, means: [components, width], covariance: [width, width] }),
};

function scores({ width, means, covariance }: GaussianTiedParams, logWeights: Float64Array): Scores {
  const { whitening, logDet, amplification } = whiten(covariance, width);
  const bias = logWeights.map((l) => l - 0.5 * (logDet + width * LOG_2PI));
  return whitenedScores(width, means, whitening, bias, amplification, stand);
}

/** `Σ = (Σ_k Σ r x xᵀ − Σ_k N_k m_k m_kᵀ) / Σ_k N_k`; at the floor every component is listed, since all share it. */
function estimate(
  counts: Float64Array,
  [sums]: readonly Float64Array[],
  previous: GaussianTiedParams,
  floor: number,
): Estimate<GaussianTiedParams> {
  const { width } = previous;
  const means = previous.means.slice();
  const within = sums!.slice(counts.length * width);
  let owned = 0;
  const empty = eachOwned(counts, (k) => {
    const own = sums!.subarray(k * width, (k + 1) * width);
    for (let i = 0, at = 0; i < width; i++) {
      const mean = own[i]! / counts[k]!;
      means[k * width + i] = mean;
      for (let j = 0; j <= i; j++, at++) within[at]! -= mean * own[j]!;
    }
    owned += counts[k]!;
    return false;
  });
  if (owned === 0) return { params: previous, degenerate: empty };
  const covariance = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      const c = within[triangleSize(i) + j]! / owned;
      covariance[i * width + j] = c;
      covariance[j * width + i] = c;
    }
  }
  const floored = floorCovariance(covariance, width, floor);
  return { params: { width, means, covariance }, degenerate: floored ? Array.from(counts.keys()) : empty };
}

/** Mean of `[K, D, D]` over K. */
function average(covariances: Float64Array, width: number): Float64Array {
  const size = width * width;
  const mean = new Float64Array(size);
  for (let i = 0; i < covariances.length; i++) mean[i % size]! += (covariances[i]! * size) / covariances.length;
  return mean;
}
