import type { ConjugatePrior } from '@mixtention/core';
import { counted, memoize } from '@mixtention/core/base';
import { perComponent, permuteRows } from '../components.ts';
import { drawVariance, mapMeans, mapVariances } from '../gaussian/affine.ts';
import { spread, WEAK_SHRINKAGE } from '../gaussian/normal-wishart-prior.ts';
import { precisionScores } from '../gaussian/precision-scores.ts';
import { studentScores, unitFactor } from '../gaussian/student-scores.ts';
import { LOG_2PI } from '../gaussian/whiten.ts';
import {
  degreesDivergence,
  expectedLogDet,
  logWishartNormalizer,
  meanDivergence,
  meanEvidence,
} from '../gaussian/wishart.ts';
import { wrongDegrees, wrongMean, wrongSpread } from '../gaussian/wrong-prior.ts';
import { pickColumns } from '../pick-columns.ts';
import type { GaussianDiagonalParams } from './params.ts';
import { squares } from './squares.ts';

/** m `[D]`, β (how many rows a mean is worth), ν (degrees of freedom, above 0), s `[D]` (inverse scale of each column). */
export type NormalGamma = {
  readonly mean: Float64Array;
  readonly shrinkage: number;
  readonly degrees: number;
  readonly inverseScale: Float64Array;
};

/** m_k `[K, D]`, β_k `[K]`, ν_k `[K]`, s_k `[K, D]`. */
export type NormalGammaPosterior = {
  readonly width: number;
  readonly means: Float64Array;
  readonly shrinkages: Float64Array;
  readonly degrees: Float64Array;
  readonly inverseScales: Float64Array;
};

/** The least whole number of degrees of freedom under which a variance has an expectation, E σ² = s. */
const WEAK_DEGREES = 3;

/**
 * The normal–gamma prior of diagonal covariances, column by column; mode and density are in (μ, σ²).
 *
 *     λ = 1/σ² ~ Gamma(ν/2, rate s/2),  μ | λ ~ N(m, 1/(βλ)):  a normal–Wishart of width 1 for every cell
 *     β_k = β + N_k,  ν_k = ν + N_k,  m_k = (β m + Σ r x)/β_k,  s_k = s + Σ r (x − m)² − β_k (m_k − m)²
 *     mode: μ_k = m_k,  σ²_k = s_k / (ν_k + 3)      mean: μ_k = m_k,  σ²_k = s_k / ν_k
 *     expected scores: b_k − ½ ν_k Σ_d (x − m_k)²/s_k,  b_k = E log π_k + ½ Σ_d [ψ(ν_k/2) + log 2 − log s_k − log 2π − 1/β_k]
 *     predictive: Π_d St(x_d; m_kd, ν_k β_k/((1 + β_k) s_kd), ν_k)
 *
 * Source: Bishop (2006), sec. 2.3.6 and eq. 10.58–10.67 at D = 1.
 */
export const normalGamma: ConjugatePrior<GaussianDiagonalParams, NormalGamma, NormalGammaPosterior> = {
  weak: (width, [mean]) => ({
    mean: mean!.slice(0, width),
    shrinkage: WEAK_SHRINKAGE,
    degrees: WEAK_DEGREES,
    inverseScale: mean!.slice(0, width).map((m, d) => spread(mean![width + d]! - m * m)),
  }),
  describe: ({ shrinkage, degrees }) =>
    `normal–gamma on each mean and variance: a mean worth ${counted(shrinkage, 'row')}, ${counted(degrees, 'degree')} of freedom`,

  posterior({ mean, shrinkage, degrees, inverseScale }, counts, [sums]) {
    const width = mean.length;
    const means = new Float64Array(counts.length * width);
    const inverseScales = new Float64Array(counts.length * width);
    for (let k = 0; k < counts.length; k++) {
      const own = shrinkage + counts[k]!;
      for (let d = 0; d < width; d++) {
        const [m, sum, square] = [mean[d]!, sums![2 * width * k + d]!, sums![2 * width * k + width + d]!];
        const first = sum - counts[k]! * m;
        means[k * width + d] = m + first / own;
        inverseScales[k * width + d] = inverseScale[d]! + square - m * first - sum * m - (first * first) / own;
      }
    }
    const shrinkages = counts.map((n) => shrinkage + n);
    return { width, means, shrinkages, degrees: counts.map((n) => degrees + n), inverseScales };
  },

  mode({ width, means, degrees, inverseScales }) {
    const variances = inverseScales.map((s, i) => s / (degrees[Math.floor(i / width)]! + 3));
    return { width, means: means.slice(), variances };
  },

  mean({ width, means, degrees, inverseScales }) {
    const variances = inverseScales.map((s, i) => s / degrees[Math.floor(i / width)]!);
    return { width, means: means.slice(), variances };
  },

  logDensity({ mean, shrinkage, degrees, inverseScale }, { width, means, variances }) {
    let sum = 0;
    for (let i = 0; i < means.length; i++) {
      const s = inverseScale[i % width]!;
      const square = shrinkage * (means[i]! - mean[i % width]!) ** 2 + s;
      sum += logWishartNormalizer(Math.log(s), degrees, 1) + 0.5 * (Math.log(shrinkage) - LOG_2PI);
      sum -= 0.5 * ((degrees + 3) * Math.log(variances[i]!) + square / variances[i]!);
    }
    return sum;
  },

  expectedScores(posterior, expectedLogWeights) {
    const { width, means, shrinkages, degrees, inverseScales } = posterior;
    const precisions = new Float64Array(inverseScales.length);
    for (let i = 0; i < precisions.length; i++) precisions[i] = degrees[Math.floor(i / width)]! / inverseScales[i]!;
    const logs = logsOf(posterior);
    const bias = expectedLogWeights.map((l, k) => {
      const constant = expectedLogDet(0, degrees[k]!, 1) - LOG_2PI - 1 / shrinkages[k]!;
      return l + 0.5 * (width * constant - logs[k]!);
    });
    return precisionScores(width, means, precisions, bias, squares);
  },

  predictive({ width, means, shrinkages, degrees, inverseScales }, logWeights) {
    const all = means.map((_, i) => degrees[Math.floor(i / width)]!);
    const scale = inverseScales.map((s, i) => {
      const shrinkage = shrinkages[Math.floor(i / width)]!;
      return (all[i]! * shrinkage) / (1 + shrinkage) / s;
    });
    return studentScores({ width, means, whitening: unitFactor(width), scale, degrees: all, bias: logWeights });
  },

  marginal: ({ width, means, inverseScales, ...counts }, columns) => ({
    ...counts,
    width: columns.length,
    means: pickColumns(means, width, columns),
    inverseScales: pickColumns(inverseScales, width, columns),
  }),
  conditional: ({ width, means }, _seen, hidden) => ({ intercepts: pickColumns(means, width, hidden), slopes: null }),

  divergence(posterior, prior) {
    const { width, means, shrinkages, degrees, inverseScales } = posterior;
    const priorLogs = prior.inverseScale.reduce((sum, s) => sum + Math.log(s), 0);
    const perComponent = logsOf(posterior).map((logs, k) => {
      let [squares, traces] = [0, 0];
      for (let d = 0; d < width; d++) {
        const s = inverseScales[k * width + d]!;
        squares += (means[k * width + d]! - prior.mean[d]!) ** 2 / s;
        traces += prior.inverseScale[d]! / s;
      }
      // Wisharts of width 1, one a column, whose degrees are the same.
      const ofWisharts =
        0.5 * prior.degrees * (logs - priorLogs) +
        0.5 * degrees[k]! * (traces - width) +
        width * degreesDivergence(degrees[k]!, prior.degrees, 1);
      return meanDivergence(shrinkages[k]!, prior.shrinkage, width, degrees[k]! * squares) + ofWisharts;
    });
    return { perComponent, shared: 0 };
  },

  evidence({ width, shrinkages, degrees, inverseScales }, prior) {
    return perComponent(width, inverseScales.length, (i) => {
      const [k, d] = [Math.floor(i / width), i % width];
      const ofPrior = logWishartNormalizer(Math.log(prior.inverseScale[d]!), prior.degrees, 1);
      const own = logWishartNormalizer(Math.log(inverseScales[i]!), degrees[k]!, 1);
      return ofPrior - own + meanEvidence(shrinkages[k]!, prior.shrinkage, 1);
    });
  },

  sample({ width, means, shrinkages, degrees, inverseScales }, random) {
    const variances = inverseScales.map((s, i) => drawVariance(s, degrees[Math.floor(i / width)]!, random));
    const drawn = means.map(
      (m, i) => m + Math.sqrt(variances[i]! / shrinkages[Math.floor(i / width)]!) * random.normal(),
    );
    return { width, means: drawn, variances };
  },

  select: ({ width, means, shrinkages, degrees, inverseScales }, order) => ({
    width,
    means: permuteRows(means, width, order),
    shrinkages: permuteRows(shrinkages, 1, order),
    degrees: permuteRows(degrees, 1, order),
    inverseScales: permuteRows(inverseScales, width, order),
  }),
  shape: (width) => ({ mean: [width], shrinkage: 'number', degrees: 'number', inverseScale: [width] }),
  findWrong: (prior, data) =>
    wrongMean(prior, data) ?? wrongDegrees(prior.degrees, 0) ?? wrongSpread(prior.inverseScale, data),
  posteriorShape: (components, width) => ({
    width,
    means: [components, width],
    shrinkages: [components],
    degrees: [components],
    inverseScales: [components, width],
  }),
  unscale: (prior, { center, scale }) => ({
    ...prior,
    mean: mapMeans(prior.mean, center, scale),
    inverseScale: mapVariances(prior.inverseScale, scale),
  }),
  rescale: (prior, { center, scale }) => ({
    ...prior,
    mean: mapMeans(prior.mean, center, scale, 'back'),
    inverseScale: mapVariances(prior.inverseScale, scale, 'back'),
  }),
  unscalePosterior: (posterior, { center, scale }) => ({
    ...posterior,
    means: mapMeans(posterior.means, center, scale),
    inverseScales: mapVariances(posterior.inverseScales, scale),
  }),
  rescalePosterior: (posterior, { center, scale }) => ({
    ...posterior,
    means: mapMeans(posterior.means, center, scale, 'back'),
    inverseScales: mapVariances(posterior.inverseScales, scale, 'back'),
  }),
};

/** Σ_d log s_kd, `[K]`: scores and divergence both ask for it. */
const logsOf = memoize(({ width, inverseScales }: NormalGammaPosterior): Float64Array => {
  const sums = new Float64Array(inverseScales.length / width);
  for (let i = 0; i < inverseScales.length; i++) sums[Math.floor(i / width)]! += Math.log(inverseScales[i]!);
  return sums;
});
