import type { ConjugatePrior, Stand, Transform } from '@mixtention/core';
import { memoize } from '@mixtention/core/base';
import { identity, sumsLength } from '@mixtention/core/kernel';
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
import { LOG_2PI, squaredDistance, traceUnder, type Whitening, whiten, whitenedScores } from '../gaussian/whiten.ts';
import {
  expectedLogDet,
  logWishartNormalizer,
  meanDivergence,
  meanEvidence,
  wishartDivergence,
} from '../gaussian/wishart.ts';
import { wrongNormalWishart } from '../gaussian/wrong-prior.ts';
import { pickBlocks, pickColumns } from '../pick-columns.ts';
import type { GaussianFullParams } from './params.ts';

/** m_k `[K, D]`, β_k `[K]`, ν_k `[K]`, W_k⁻¹ `[K, D, D]`. */
export type NormalWishartPosterior = {
  readonly width: number;
  readonly means: Float64Array;
  readonly shrinkages: Float64Array;
  readonly degrees: Float64Array;
  readonly inverseScales: Float64Array;
};

const stand: Stand = { statistics: identity.each, columns: null };

/**
 * The normal–Wishart prior of full covariances; mode and density are in (μ, Σ).
 *
 *     β_k = β + N_k,  ν_k = ν + N_k,  m_k = (β m + Σ r x)/β_k
 *     W_k⁻¹ = W⁻¹ + Σ r (x − m)(x − m)ᵀ − β_k (m_k − m)(m_k − m)ᵀ
 *     mode: μ_k = m_k,  Σ_k = W_k⁻¹ / (ν_k + D + 2)      mean: μ_k = m_k,  Σ_k = (E Λ_k)⁻¹ = W_k⁻¹ / ν_k
 *     expected scores: b_k − ½ ν_k (x − m_k)ᵀ W_k (x − m_k),  b_k = E log π_k + ½ E log |Λ_k| − (D/2) log 2π − D/(2β_k)
 *     predictive: St(x; m_k, (f_k β_k/(1 + β_k)) W_k, f_k),  f_k = ν_k + 1 − D
 *     of columns S: m_S, (W⁻¹)_SS and ν_k − D + |S|, which leaves f_k as it is
 *
 * Source: Bishop (2006), Pattern Recognition and Machine Learning, eq. 10.58–10.67 (ν_k = ν + N_k in 10.63).
 */
export const normalWishart: ConjugatePrior<GaussianFullParams, NormalWishart, NormalWishartPosterior> = {
  weak: weakNormalWishart,
  describe: (prior) => describeNormalWishart(prior, 'each mean and covariance'),

  posterior(prior, counts, [sums]) {
    const width = prior.mean.length;
    const P = sumsLength('each', width, 1);
    const K = counts.length;
    const means = new Float64Array(K * width);
    const inverseScales = new Float64Array(K * width * width);
    for (let k = 0; k < K; k++) {
      const { mean, growth } = normalWishartGrowth(prior, counts[k]!, sums!.subarray(k * P, (k + 1) * P));
      means.set(mean, k * width);
      inverseScales.set(
        growth.map((g, i) => prior.inverseScale[i]! + g),
        k * width * width,
      );
    }
    const shrinkages = counts.map((n) => prior.shrinkage + n);
    return { width, means, shrinkages, degrees: counts.map((n) => prior.degrees + n), inverseScales };
  },

  mode({ width, means, degrees, inverseScales }) {
    const size = width * width;
    const covariances = inverseScales.map((s, i) => s / (degrees[Math.floor(i / size)]! + width + 2));
    return { width, means: means.slice(), covariances };
  },

  mean({ width, means, degrees, inverseScales }) {
    const size = width * width;
    const covariances = inverseScales.map((s, i) => s / degrees[Math.floor(i / size)]!);
    return { width, means: means.slice(), covariances };
  },

  logDensity(prior, { width, means, covariances }) {
    const size = width * width;
    const constant =
      logWishartNormalizer(whiten(prior.inverseScale, width).logDet, prior.degrees, width) +
      0.5 * width * (Math.log(prior.shrinkage) - LOG_2PI);
    let sum = 0;
    for (let k = 0; k * width < means.length; k++) {
      const { whitening, logDet } = whiten(covariances.subarray(k * size, (k + 1) * size), width);
      const distance = squaredDistance(whitening, means.subarray(k * width, (k + 1) * width), prior.mean, width);
      const trace = traceUnder(whitening, prior.inverseScale, width);
      sum += constant - 0.5 * ((prior.degrees + width + 2) * logDet + prior.shrinkage * distance + trace);
    }
    return sum;
  },

  expectedScores(posterior, expectedLogWeights) {
    const { width, means, shrinkages, degrees, inverseScales } = posterior;
    const size = width * width;
    const bias = expectedLogWeights.slice();
    const all = new Float64Array(inverseScales.length);
    let most = 0;
    for (const [k, { whitening, logDet, amplification }] of whitened(posterior).entries()) {
      most = Math.max(most, amplification);
      const root = Math.sqrt(degrees[k]!);
      for (let i = 0; i < size; i++) all[k * size + i] = root * whitening[i]!;
      bias[k]! += 0.5 * (expectedLogDet(logDet, degrees[k]!, width) - width * (LOG_2PI + 1 / shrinkages[k]!));
    }
    return whitenedScores(width, means, all, bias, most, stand);
  },

  predictive({ width, means, shrinkages, degrees, inverseScales }, logWeights) {
    const size = width * width;
    const whitening = new Float64Array(inverseScales.length);
    const bias = logWeights.slice();
    let most = 0;
    for (let k = 0; k < bias.length; k++) {
      const own = whiten(inverseScales.subarray(k * size, (k + 1) * size), width);
      whitening.set(own.whitening, k * size);
      most = Math.max(most, own.amplification);
      bias[k]! -= 0.5 * own.logDet;
    }
    const free = degrees.map((n) => n + 1 - width);
    const scale = free.map((f, k) => (f * shrinkages[k]!) / (1 + shrinkages[k]!));
    return studentScores({ width, means, whitening, scale, degrees: free, bias, amplification: most });
  },

  marginal: ({ width, means, shrinkages, degrees, inverseScales }, columns) => ({
    width: columns.length,
    means: pickColumns(means, width, columns),
    shrinkages,
    degrees: degrees.map((n) => n - width + columns.length),
    inverseScales: pickBlocks(inverseScales, width, columns, columns),
  }),
  // Of a t as of a normal: the regression does not ask how large a covariance is.
  conditional: ({ width, means, inverseScales }, seen, hidden) =>
    regress({ width, means, covariances: inverseScales }, seen, hidden),

  divergence(posterior, prior) {
    const { width, means, shrinkages, degrees } = posterior;
    const priorLogDet = whiten(prior.inverseScale, width).logDet;
    const own = whitened(posterior);
    const perComponent = shrinkages.map((shrinkage, k) => {
      const { whitening, logDet } = own[k]!;
      const distance = squaredDistance(whitening, means.subarray(k * width, (k + 1) * width), prior.mean, width);
      const trace = traceUnder(whitening, prior.inverseScale, width);
      const ofMean = meanDivergence(shrinkage, prior.shrinkage, width, degrees[k]! * distance);
      const pair = { width, logDet, degrees: degrees[k]!, priorLogDet, priorDegrees: prior.degrees, trace };
      return ofMean + wishartDivergence(pair);
    });
    return { perComponent, shared: 0 };
  },

  // (D/2) log(β/β_k) + log B(W, ν) − log B(W_k, ν_k) − (N_k D/2) log 2π
  evidence({ width, shrinkages, degrees, inverseScales }, prior) {
    const size = width * width;
    const ofPrior = logWishartNormalizer(whiten(prior.inverseScale, width).logDet, prior.degrees, width);
    const perComponent = shrinkages.map((shrinkage, k) => {
      const { logDet } = whiten(inverseScales.subarray(k * size, (k + 1) * size), width);
      return (
        ofPrior - logWishartNormalizer(logDet, degrees[k]!, width) + meanEvidence(shrinkage, prior.shrinkage, width)
      );
    });
    return { perComponent, shared: 0 };
  },

  sample({ width, means, shrinkages, degrees, inverseScales }, random) {
    const size = width * width;
    const drawn = new Float64Array(means.length);
    const covariances = new Float64Array(inverseScales.length);
    for (let k = 0; k < shrinkages.length; k++) {
      const covariance = drawCovariance(inverseScales.subarray(k * size, (k + 1) * size), degrees[k]!, width, random);
      covariances.set(covariance, k * size);
      const ofMean = covariance.map((c) => c / shrinkages[k]!);
      drawn.set(drawGaussian(means.subarray(k * width, (k + 1) * width), ofMean, random), k * width);
    }
    return { width, means: drawn, covariances };
  },

  select: ({ width, means, shrinkages, degrees, inverseScales }, order) => ({
    width,
    means: permuteRows(means, width, order),
    shrinkages: permuteRows(shrinkages, 1, order),
    degrees: permuteRows(degrees, 1, order),
    inverseScales: permuteRows(inverseScales, width * width, order),
  }),
  shape: normalWishartShape,
  findWrong: wrongNormalWishart,
  posteriorShape: (components, width) => ({
    width,
    means: [components, width],
    shrinkages: [components],
    degrees: [components],
    inverseScales: [components, width, width],
  }),
  unscale: (prior, transform) => mapNormalWishart(prior, transform),
  rescale: (prior, transform) => mapNormalWishart(prior, transform, 'back'),
  unscalePosterior: (posterior, transform) => mapPosterior(posterior, transform),
  rescalePosterior: (posterior, transform) => mapPosterior(posterior, transform, 'back'),
};

/** The whitening matrix of W_k⁻¹ of each component: scores and divergence both ask for it. */
const whitened = memoize(({ width, inverseScales }: NormalWishartPosterior): readonly Whitening[] => {
  const size = width * width;
  return Array.from({ length: inverseScales.length / size }, (_, k) =>
    whiten(inverseScales.subarray(k * size, (k + 1) * size), width),
  );
});

function mapPosterior(
  posterior: NormalWishartPosterior,
  { center, scale }: Transform,
  back?: 'back',
): NormalWishartPosterior {
  const means = mapMeans(posterior.means, center, scale, back);
  return { ...posterior, means, inverseScales: mapCovariances(posterior.inverseScales, scale, back) };
}
