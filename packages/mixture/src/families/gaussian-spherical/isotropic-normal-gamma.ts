import type { ConjugatePrior, Transform } from '@mixtention/core';
import { counted } from '@mixtention/core/base';
import { permuteRows } from '../components.ts';
import { drawVariance, mapMeans } from '../gaussian/affine.ts';
import { spread, WEAK_SHRINKAGE } from '../gaussian/normal-wishart-prior.ts';
import { isotropicScores, squaredNorm } from '../gaussian/precision-scores.ts';
import { studentScores, unitFactor } from '../gaussian/student-scores.ts';
import { LOG_2PI } from '../gaussian/whiten.ts';
import {
  expectedLogDet,
  logWishartNormalizer,
  meanDivergence,
  meanEvidence,
  wishartDivergence,
} from '../gaussian/wishart.ts';
import { wrongDegrees, wrongMean, wrongSpread } from '../gaussian/wrong-prior.ts';
import { pickColumns } from '../pick-columns.ts';
import { commonScale } from './common-scale.ts';
import type { GaussianSphericalParams } from './params.ts';
import { squaredNorms } from './squared-norms.ts';

/** m `[D]`, β (how many rows a mean is worth), ν (degrees of freedom, above 0), s (inverse scale). */
export type IsotropicNormalGamma = {
  readonly mean: Float64Array;
  readonly shrinkage: number;
  readonly degrees: number;
  readonly inverseScale: number;
};

/** m_k `[K, D]`, β_k, ν_k, s_k `[K]`. */
export type IsotropicNormalGammaPosterior = {
  readonly width: number;
  readonly means: Float64Array;
  readonly shrinkages: Float64Array;
  readonly degrees: Float64Array;
  readonly inverseScales: Float64Array;
};

/** The least whole number of degrees of freedom under which a variance has an expectation, E σ² = s. */
const WEAK_DEGREES = 3;

/**
 * The normal–gamma prior of spherical covariances; mode and density are in (μ, σ²).
 *
 *     λ = 1/σ² ~ Gamma(ν/2, rate s/2),  μ | λ ~ N(m, I/(βλ))
 *     β_k = β + N_k,  ν_k = ν + D N_k,  m_k = (β m + Σ r x)/β_k,  s_k = s + Σ r ‖x − m‖² − β_k ‖m_k − m‖²
 *     mode: μ_k = m_k,  σ²_k = s_k / (ν_k + D + 2)      mean: μ_k = m_k,  σ²_k = s_k / ν_k
 *     expected scores: b_k − ½ (ν_k/s_k) ‖x − m_k‖²,  b_k = E log π_k + (D/2) [ψ(ν_k/2) + log 2 − log s_k − log 2π − 1/β_k]
 *     predictive: St(x; m_k, (ν_k β_k/((1 + β_k) s_k)) I, ν_k)
 *
 * The precision is a Wishart of width 1 that every column informs, hence the D of ν_k.
 *
 * Source: Bishop (2006), sec. 2.3.6, with one precision for all columns.
 */
export const isotropicNormalGamma: ConjugatePrior<
  GaussianSphericalParams,
  IsotropicNormalGamma,
  IsotropicNormalGammaPosterior
> = {
  weak(width, [mean]) {
    const center = mean!.slice(0, width);
    const inverseScale = spread((mean![width]! - squaredNorm(center)) / width);
    return { mean: center, shrinkage: WEAK_SHRINKAGE, degrees: WEAK_DEGREES, inverseScale };
  },
  describe: ({ shrinkage, degrees }) =>
    `normal–gamma on each mean and its one variance: a mean worth ${counted(shrinkage, 'row')}, ${counted(degrees, 'degree')} of freedom`,

  posterior({ mean, shrinkage, degrees, inverseScale }, counts, [sums]) {
    const width = mean.length;
    const means = new Float64Array(counts.length * width);
    const inverseScales = counts.map((n, k) => {
      const own = shrinkage + n;
      let s = inverseScale + sums![k * (width + 1) + width]!;
      for (let d = 0; d < width; d++) {
        const [m, sum] = [mean[d]!, sums![k * (width + 1) + d]!];
        const first = sum - n * m;
        means[k * width + d] = m + first / own;
        s -= m * first + sum * m + (first * first) / own;
      }
      return s;
    });
    const shrinkages = counts.map((n) => shrinkage + n);
    return { width, means, shrinkages, degrees: counts.map((n) => degrees + width * n), inverseScales };
  },

  mode({ width, means, degrees, inverseScales }) {
    const variances = inverseScales.map((s, k) => s / (degrees[k]! + width + 2));
    return { width, means: means.slice(), variances };
  },

  mean({ width, means, degrees, inverseScales }) {
    return { width, means: means.slice(), variances: inverseScales.map((s, k) => s / degrees[k]!) };
  },

  logDensity({ mean, shrinkage, degrees, inverseScale }, { width, means, variances }) {
    const constant =
      logWishartNormalizer(Math.log(inverseScale), degrees, 1) + 0.5 * width * (Math.log(shrinkage) - LOG_2PI);
    return variances.reduce((sum, variance, k) => {
      const square = shrinkage * squaredNorm(mean.map((m, d) => means[k * width + d]! - m)) + inverseScale;
      return sum + constant - 0.5 * ((degrees + width + 2) * Math.log(variance) + square / variance);
    }, 0);
  },

  expectedScores({ width, means, shrinkages, degrees, inverseScales }, expectedLogWeights) {
    const precisions = inverseScales.map((s, k) => degrees[k]! / s);
    const bias = expectedLogWeights.map((l, k) => {
      const logPrecision = expectedLogDet(Math.log(inverseScales[k]!), degrees[k]!, 1);
      return l + 0.5 * width * (logPrecision - LOG_2PI - 1 / shrinkages[k]!);
    });
    return isotropicScores(width, means, precisions, bias, squaredNorms);
  },

  predictive({ width, means, shrinkages, degrees, inverseScales }, logWeights) {
    const scale = inverseScales.map((s, k) => (degrees[k]! * shrinkages[k]!) / (1 + shrinkages[k]!) / s);
    return studentScores({ width, means, whitening: unitFactor(width), scale, degrees, bias: logWeights });
  },

  marginal: ({ width, means, ...scales }, columns) => ({
    ...scales,
    width: columns.length,
    means: pickColumns(means, width, columns),
  }),
  conditional: ({ width, means }, _seen, hidden) => ({ intercepts: pickColumns(means, width, hidden), slopes: null }),

  divergence({ width, means, shrinkages, degrees, inverseScales }, prior) {
    const perComponent = inverseScales.map((s, k) => {
      const distance = squaredNorm(prior.mean.map((m, d) => means[k * width + d]! - m));
      const logs = { logDet: Math.log(s), degrees: degrees[k]!, priorLogDet: Math.log(prior.inverseScale) };
      const pair = { width: 1, ...logs, priorDegrees: prior.degrees, trace: prior.inverseScale / s };
      const ofMean = meanDivergence(shrinkages[k]!, prior.shrinkage, width, (degrees[k]! * distance) / s);
      return ofMean + wishartDivergence(pair);
    });
    return { perComponent, shared: 0 };
  },

  evidence({ width, shrinkages, degrees, inverseScales }, prior) {
    const ofPrior = logWishartNormalizer(Math.log(prior.inverseScale), prior.degrees, 1);
    const perComponent = inverseScales.map((s, k) => {
      const own = logWishartNormalizer(Math.log(s), degrees[k]!, 1);
      return ofPrior - own + meanEvidence(shrinkages[k]!, prior.shrinkage, width);
    });
    return { perComponent, shared: 0 };
  },

  sample({ width, means, shrinkages, degrees, inverseScales }, random) {
    const variances = inverseScales.map((s, k) => drawVariance(s, degrees[k]!, random));
    const deviation = (k: number): number => Math.sqrt(variances[k]! / shrinkages[k]!);
    const drawn = means.map((m, i) => m + deviation(Math.floor(i / width)) * random.normal());
    return { width, means: drawn, variances };
  },

  select: ({ width, means, shrinkages, degrees, inverseScales }, order) => ({
    width,
    means: permuteRows(means, width, order),
    shrinkages: permuteRows(shrinkages, 1, order),
    degrees: permuteRows(degrees, 1, order),
    inverseScales: permuteRows(inverseScales, 1, order),
  }),
  shape: (width) => ({ mean: [width], shrinkage: 'number', degrees: 'number', inverseScale: 'number' }),
  findWrong: (prior, data) =>
    wrongMean(prior, data) ??
    wrongDegrees(prior.degrees, 0) ??
    wrongSpread(
      prior.mean.map(() => prior.inverseScale),
      data,
    ),
  posteriorShape: (components, width) => ({
    width,
    means: [components, width],
    shrinkages: [components],
    degrees: [components],
    inverseScales: [components],
  }),
  unscale: (prior, transform) => mapPrior(prior, transform),
  rescale: (prior, transform) => mapPrior(prior, transform, 'back'),
  unscalePosterior: (posterior, transform) => mapPosterior(posterior, transform),
  rescalePosterior: (posterior, transform) => mapPosterior(posterior, transform, 'back'),
};

function mapPrior(prior: IsotropicNormalGamma, transform: Transform, back?: 'back'): IsotropicNormalGamma {
  const mean = mapMeans(prior.mean, transform.center, transform.scale, back);
  return { ...prior, mean, inverseScale: prior.inverseScale * squareOf(transform, back) };
}

function mapPosterior(
  posterior: IsotropicNormalGammaPosterior,
  transform: Transform,
  back?: 'back',
): IsotropicNormalGammaPosterior {
  const square = squareOf(transform, back);
  const means = mapMeans(posterior.means, transform.center, transform.scale, back);
  return { ...posterior, means, inverseScales: posterior.inverseScales.map((s) => s * square) };
}

function squareOf(transform: Transform, back?: 'back'): number {
  const scale = commonScale(transform);
  return back ? 1 / scale / scale : scale * scale;
}
