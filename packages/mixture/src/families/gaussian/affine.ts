import type { Description, Matrix, RandomSource } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { cholesky, inverseFromCholesky, sampleGamma, sampleWishartFactor } from '@mixtention/core/numeric';

/** μ ↦ center + scale∘μ, or `back`. */
export function mapMeans(means: Float64Array, center: Float64Array, scale: Float64Array, back?: 'back'): Float64Array {
  const width = center.length;
  return means.map((m, i) => {
    const d = i % width;
    return back ? (m - center[d]!) / scale[d]! : center[d]! + scale[d]! * m;
  });
}

/** Σ_ij ↦ scale_i Σ_ij scale_j for any number of `[D, D]` blocks, or `back`. */
export function mapCovariances(covariances: Float64Array, scale: Float64Array, back?: 'back'): Float64Array {
  const width = scale.length;
  return covariances.map((c, i) => {
    const factor = scale[i % width]! * scale[Math.floor(i / width) % width]!;
    return back ? c / factor : c * factor;
  });
}

/** σ² ↦ scale² σ² for any number of rows `[D]`, or `back`. */
export function mapVariances(variances: Float64Array, scale: Float64Array, back?: 'back'): Float64Array {
  return variances.map((v, i) => {
    const factor = scale[i % scale.length]! ** 2;
    return back ? v / factor : v * factor;
  });
}

/** What a person reads: means `[K, D]` and one covariance `[D, D]` a component, made when they are asked for: K·D² numbers. */
export function describeGaussian(
  width: number,
  means: Float64Array,
  covarianceOf: (k: number) => Float64Array,
): Description {
  const rows = means.length / width;
  return {
    means: { data: means.slice(), rows, cols: width },
    get covariances() {
      return Array.from({ length: rows }, (_, k) => ({ data: covarianceOf(k), rows: width, cols: width }));
    },
  };
}

/**
 * Covariances of a description, checked, as `[K, D, D]`; unit ones where it has none.
 *
 * @throws BAD_SHAPE for another number or size, BAD_DATA for one that is not symmetric and positive definite
 */
export function givenCovariances({ means, covariances }: Description, where: string): Float64Array {
  const { rows: K, cols: D } = means;
  const all = new Float64Array(K * D * D);
  if (covariances !== null && covariances.length !== K) {
    fail(where, 'BAD_SHAPE', `${counted(covariances.length, 'covariance')} came with ${counted(K, 'mean')}`);
  }
  for (let k = 0; k < K; k++) {
    if (covariances === null) for (let d = 0; d < D; d++) all[(k * D + d) * D + d] = 1;
    else all.set(checked(covariances[k]!, D, k, where), k * D * D);
  }
  return all;
}

function checked({ data, rows, cols }: Matrix, width: number, k: number, where: string): Float64Array {
  if (rows !== width || cols !== width || data.length !== width * width) {
    fail(where, 'BAD_SHAPE', `covariance ${k} (counted from 0) is ${rows} × ${cols}, ${width} × ${width} was due`);
  }
  const uneven = firstAsymmetry({ data, rows, cols });
  if (uneven !== null) fail(where, 'BAD_DATA', `covariance ${k} (counted from 0) is not symmetric: ${uneven}`);
  const covariance = Float64Array.from(data);
  if (cholesky(covariance, width, new Float64Array(width * width)) < width) {
    fail(where, 'BAD_DATA', `covariance ${k} (counted from 0) is not positive definite`);
  }
  return covariance;
}

/** Where a covariance is not symmetric, in words; null when it is. */
export function firstAsymmetry({ data, cols }: Matrix): string | null {
  const deviation = (i: number): number => Math.sqrt(Math.abs(data[i * cols + i]!));
  for (let i = 0; i < cols; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [data[i * cols + j]!, data[j * cols + i]!];
      // Against the deviations of both columns: an entry that ought to be 0 is rounding of either sign.
      if (Math.abs(a - b) > 1e-6 * deviation(i) * deviation(j)) return `${a} at ${i}, ${j} and ${b} at ${j}, ${i}`;
    }
  }
  return null;
}

/** One draw of N(μ, Σ). */
export function drawGaussian(mean: Float64Array, covariance: Float64Array, random: RandomSource): Float64Array {
  const width = mean.length;
  const factor = new Float64Array(width * width);
  cholesky(covariance, width, factor);
  const noise = Float64Array.from({ length: width }, () => random.normal());
  return mean.map((m, i) => {
    let x = m;
    for (let j = 0; j <= i; j++) x += factor[i * width + j]! * noise[j]!;
    return x;
  });
}

/** One draw of the inverse of a Wishart(W, ν) matrix: Σ = Λ⁻¹, from W⁻¹ `[D, D]`. */
export function drawCovariance(
  inverseScale: Float64Array,
  degrees: number,
  width: number,
  random: RandomSource,
): Float64Array {
  const lower = new Float64Array(width * width);
  cholesky(inverseScale, width, lower);
  cholesky(inverseFromCholesky(lower, width), width, lower);
  return inverseFromCholesky(sampleWishartFactor(random, degrees, lower, width), width);
}

/** One draw of 1/λ, λ ~ Gamma(ν/2, rate s/2). */
export function drawVariance(inverseScale: number, degrees: number, random: RandomSource): number {
  return (0.5 * inverseScale) / sampleGamma(random, degrees / 2);
}

/** A diagonal matrix `[D, D]`. */
export function diagonal(values: Float64Array): Float64Array {
  const matrix = new Float64Array(values.length ** 2);
  for (let d = 0; d < values.length; d++) matrix[d * values.length + d] = values[d]!;
  return matrix;
}

/** Diagonals `[K, D]` of `[K, D, D]`. */
export function diagonalOf(covariances: Float64Array, width: number): Float64Array {
  const diagonals = new Float64Array(covariances.length / width);
  for (let i = 0; i < diagonals.length; i++) diagonals[i] = covariances[i * width + (i % width)]!;
  return diagonals;
}
