import type { ConjugatePrior, Stand, Transform } from '@mixtention/core';
import { componentSums, identity } from '@mixtention/core/kernel';
import { permuteRows } from '../components.ts';
import { drawCovariance, drawGaussian, mapCovariances, mapMeans } from '../gaussian/affine.ts';
import {
  describeNormalWishart,
  mapNormalWishart,
  type NormalWishart,
  normalWishartGrowth,
  normalWishartShape,
  weakNormalWishart,
} from '../gaussian/normal-wishart-prior.ts';
import { regress } from '../gaussian/regress.ts';
import { studentScores } from '../gaussian/student-scores.ts';
import { LOG_2PI, squaredDistance, traceUnder, whiten, whitenedScores } from '../gaussian/whiten.ts';
import {
  expectedLogDet,
  logWishartNormalizer,
  meanDivergence,
  meanEvidence,
  wishartDivergence,
} from '../gaussian/wishart.ts';
import { wrongNormalWishart } from '../gaussian/wrong-prior.ts';
import { pickBlocks, pickColumns } from '../pick-columns.ts';
import type { GaussianTiedParams } from './params.ts';

/** m_k `[K, D]`, β_k `[K]`; ν and W⁻¹ `[D, D]` are shared. */
export type TiedNormalWishartPosterior = {
  readonly width: number;
  readonly means: Float64Array;
  readonly shrinkages: Float64Array;
  readonly degrees: number;
  readonly inverseScale: Float64Array;
};

const stand: Stand = { statistics: identity.pooled, columns: null };

/**
 * The conjugate prior of tied covariances: one Λ ~ Wishart(W, ν) for all, and μ_k ~ N(m, (βΛ)⁻¹) given it. Mode and density are in (μ, Σ).
 *
 *     β_k = β + N_k,  m_k = (β m + Σ r x)/β_k,  ν′ = ν + Σ_k N_k
 *     W′⁻¹ = W⁻¹ + Σ_k [ Σ r (x − m)(x − m)ᵀ − β_k (m_k − m)(m_k − m)ᵀ ]
 *     mode: μ_k = m_k,  Σ = W′⁻¹ / (ν′ + D + 1 + K)      mean: μ_k = m_k,  Σ = W′⁻¹ / ν′
 *     predictive: St(x; m_k, (f β_k/(1 + β_k)) W′, f),  f = ν′ + 1 − D
 *     of columns S: m_S, (W′⁻¹)_SS and ν′ − D + |S|, which leaves f as it is
 *
 * The density has |Σ| to the power −½(ν + D + 1) from the Wishart and −½ from each of K means, hence the K of the mode.
 * With one component it is the prior of `gaussian-full`.
 *
 * Source: Bishop (2006), eq. 10.58–10.67, with Λ common to all components.
 */
export const tiedNormalWishart: ConjugatePrior<GaussianTiedParams, NormalWishart, TiedNormalWishartPosterior> = {
  weak: weakNormalWishart,
  describe: (prior) => describeNormalWishart(prior, 'each mean and the shared covariance'),

  posterior(prior, counts, [sums]) {
    const width = prior.mean.length;
    const K = counts.length;
    const means = new Float64Array(K * width);
    const inverseScale = prior.inverseScale.slice();
    for (let k = 0; k < K; k++) {
      const own = componentSums('pooled', sums!, k, width, K);
      const { mean, growth } = normalWishartGrowth(prior, counts[k]!, own);
      means.set(mean, k * width);
      for (let i = 0; i < growth.length; i++) inverseScale[i]! += growth[i]!;
    }
    const degrees = counts.reduce((sum, n) => sum + n, prior.degrees);
    return { width, means, shrinkages: counts.map((n) => prior.shrinkage + n), degrees, inverseScale };
  },

  mode({ width, means, shrinkages, degrees, inverseScale }) {
    const divisor = degrees + width + 1 + shrinkages.length;
    return { width, means: means.slice(), covariance: inverseScale.map((s) => s / divisor) };
  },

  mean: ({ width, means, degrees, inverseScale }) => ({
    width,
    means: means.slice(),
    covariance: inverseScale.map((s) => s / degrees),
  }),

  logDensity(prior, { width, means, covariance }) {
    const K = means.length / width;
    const { whitening, logDet } = whiten(covariance, width);
    let exponent = traceUnder(whitening, prior.inverseScale, width) + (prior.degrees + width + 1 + K) * logDet;
    for (let k = 0; k < K; k++) {
      exponent +=
        prior.shrinkage * squaredDistance(whitening, means.subarray(k * width, (k + 1) * width), prior.mean, width);
    }
    const constant = logWishartNormalizer(whiten(prior.inverseScale, width).logDet, prior.degrees, width);
    return constant + 0.5 * K * width * (Math.log(prior.shrinkage) - LOG_2PI) - 0.5 * exponent;
  },

  expectedScores({ width, means, shrinkages, degrees, inverseScale }, expectedLogWeights) {
    const { whitening, logDet, amplification } = whiten(inverseScale, width);
    const logPrecision = expectedLogDet(logDet, degrees, width);
    const root = Math.sqrt(degrees);
    const scaled = whitening.map((w) => root * w);
    const bias = expectedLogWeights.map((l, k) => l + 0.5 * (logPrecision - width * (LOG_2PI + 1 / shrinkages[k]!)));
    return whitenedScores(width, means, scaled, bias, amplification, stand);
  },

  predictive({ width, means, shrinkages, degrees, inverseScale }, logWeights) {
    const { whitening, logDet, amplification } = whiten(inverseScale, width);
    const free = degrees + 1 - width;
    const scale = shrinkages.map((shrinkage) => (free * shrinkage) / (1 + shrinkage));
    const bias = logWeights.map((l) => l - 0.5 * logDet);
    const own = { scale, degrees: scale.map(() => free), bias };
    return studentScores({ width, means, whitening, amplification, ...own });
  },

  marginal: ({ width, means, shrinkages, degrees, inverseScale }, columns) => ({
    width: columns.length,
    means: pickColumns(means, width, columns),
    shrinkages,
    degrees: degrees - width + columns.length,
    inverseScale: pickBlocks(inverseScale, width, columns, columns),
  }),
  conditional: ({ width, means, inverseScale }, seen, hidden) =>
    regress({ width, means, covariances: inverseScale }, seen, hidden),

  divergence({ width, means, shrinkages, degrees, inverseScale }, prior) {
    const { whitening, logDet } = whiten(inverseScale, width);
    const priorLogDet = whiten(prior.inverseScale, width).logDet;
    const trace = traceUnder(whitening, prior.inverseScale, width);
    const shared = wishartDivergence({ width, logDet, degrees, priorLogDet, priorDegrees: prior.degrees, trace });
    const perComponent = shrinkages.map((shrinkage, k) => {
      const distance = squaredDistance(whitening, means.subarray(k * width, (k + 1) * width), prior.mean, width);
      return meanDivergence(shrinkage, prior.shrinkage, width, degrees * distance);
    });
    return { perComponent, shared };
  },

  evidence({ width, shrinkages, degrees, inverseScale }, prior) {
    const [ofPrior, own] = [
      logWishartNormalizer(whiten(prior.inverseScale, width).logDet, prior.degrees, width),
      logWishartNormalizer(whiten(inverseScale, width).logDet, degrees, width),
    ];
    const perComponent = shrinkages.map((shrinkage) => meanEvidence(shrinkage, prior.shrinkage, width));
    return { perComponent, shared: ofPrior - own };
  },

  sample({ width, means, shrinkages, degrees, inverseScale }, random) {
    const covariance = drawCovariance(inverseScale, degrees, width, random);
    const drawn = new Float64Array(means.length);
    shrinkages.forEach((shrinkage, k) => {
      const ofMean = covariance.map((c) => c / shrinkage);
      drawn.set(drawGaussian(means.subarray(k * width, (k + 1) * width), ofMean, random), k * width);
    });
    return { width, means: drawn, covariance };
  },

  select: ({ means, shrinkages, ...shared }, order) => ({
    ...shared,
    means: permuteRows(means, shared.width, order),
    shrinkages: permuteRows(shrinkages, 1, order),
  }),
  shape: normalWishartShape,
  findWrong: wrongNormalWishart,
  posteriorShape: (components, width) => ({
    width,
    means: [components, width],
    shrinkages: [components],
    degrees: 'number',
    inverseScale: [width, width],
  }),
  unscale: (prior, transform) => mapNormalWishart(prior, transform),
  rescale: (prior, transform) => mapNormalWishart(prior, transform, 'back'),
  unscalePosterior: (posterior, transform) => mapPosterior(posterior, transform),
  rescalePosterior: (posterior, transform) => mapPosterior(posterior, transform, 'back'),
};

function mapPosterior(
  posterior: TiedNormalWishartPosterior,
  { center, scale }: Transform,
  back?: 'back',
): TiedNormalWishartPosterior {
  const means = mapMeans(posterior.means, center, scale, back);
  return { ...posterior, means, inverseScale: mapCovariances(posterior.inverseScale, scale, back) };
}
