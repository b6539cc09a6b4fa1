import type { LinearTerm, Scores, Stand } from '@mixtention/core';

/**
 * Components farther from 0 than so many of their deviations lose more than some thousandths of a variance in float32, whose sums of squares
 * are off by up to 1e-6 of them.
 */
const MOST_DEVIATIONS = 50;

/** Scores `b_k − ½ Σ_d λ_kd (x_d − μ_kd)²` in linear form: `η = [λμ; −½λ]`, and `−½ Σ λμ²` to the bias. */
export function precisionScores(
  width: number,
  means: Float64Array,
  precisions: Float64Array,
  bias: Float64Array,
  stand: Stand,
): Scores {
  const natural = new Float64Array(2 * means.length);
  const shifted = bias.slice();
  let farthest = 0;
  for (let i = 0; i < means.length; i++) {
    const k = Math.floor(i / width);
    const at = 2 * width * k + (i % width);
    const square = precisions[i]! * means[i]! ** 2;
    natural[at] = precisions[i]! * means[i]!;
    natural[at + width] = -0.5 * precisions[i]!;
    shifted[k]! -= 0.5 * square;
    if (bias[k]! > Number.NEGATIVE_INFINITY && square > farthest) farthest = square;
  }
  return linearScores({ ...stand, width: 2 * width, natural }, shifted, farthest);
}

/** Scores `b_k − ½ λ_k ‖x − μ_k‖²` in linear form: `η = [λμ; −½λ]`, and `−½ λ‖μ‖²` to the bias. */
export function isotropicScores(
  width: number,
  means: Float64Array,
  precisions: Float64Array,
  bias: Float64Array,
  stand: Stand,
): Scores {
  const natural = new Float64Array(bias.length * (width + 1));
  let farthest = 0;
  const shifted = bias.map((b, k) => {
    const mean = means.subarray(k * width, (k + 1) * width);
    natural.set(
      mean.map((m) => m * precisions[k]!),
      k * (width + 1),
    );
    natural[k * (width + 1) + width] = -0.5 * precisions[k]!;
    const square = precisions[k]! * squaredNorm(mean);
    if (b > Number.NEGATIVE_INFINITY && square > farthest * width) farthest = square / width;
    return b - 0.5 * square;
  });
  return linearScores({ ...stand, width: width + 1, natural }, shifted, farthest);
}

/** @param farthest  the greatest square of a mean in deviations */
function linearScores(term: Omit<LinearTerm, 'form'>, bias: Float64Array, farthest: number): Scores {
  const isFar = farthest > MOST_DEVIATIONS ** 2;
  return {
    components: bias.length,
    bias,
    terms: [{ form: 'linear', ...term, ...(isFar && { precision: 'float64' }) }],
  };
}

/** ‖x‖² */
export function squaredNorm(x: ArrayLike<number>): number {
  let sum = 0;
  for (let d = 0; d < x.length; d++) sum += x[d]! * x[d]!;
  return sum;
}
