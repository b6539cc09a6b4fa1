import type { LinearScores } from '../../types.ts';

/** Scores `b_k − ½ Σ_d λ_kd (x_d − μ_kd)²` in linear form: `η = [λμ; −½λ]`, and `−½ Σ λμ²` to the bias. */
export function precisionScores(
  width: number,
  means: Float64Array,
  precisions: Float64Array,
  bias: Float64Array,
): LinearScores {
  const natural = new Float64Array(2 * means.length);
  const shifted = bias.slice();
  for (let i = 0; i < means.length; i++) {
    const k = Math.floor(i / width);
    const at = 2 * width * k + (i % width);
    natural[at] = precisions[i]! * means[i]!;
    natural[at + width] = -0.5 * precisions[i]!;
    shifted[k]! -= 0.5 * precisions[i]! * means[i]! ** 2;
  }
  return { form: 'linear', components: bias.length, width: 2 * width, natural, bias: shifted };
}

/** Scores `b_k − ½ λ_k ‖x − μ_k‖²` in linear form: `η = [λμ; −½λ]`, and `−½ λ‖μ‖²` to the bias. */
export function isotropicScores(
  width: number,
  means: Float64Array,
  precisions: Float64Array,
  bias: Float64Array,
): LinearScores {
  const natural = new Float64Array(bias.length * (width + 1));
  const shifted = bias.map((b, k) => {
    const mean = means.subarray(k * width, (k + 1) * width);
    natural.set(
      mean.map((m) => m * precisions[k]!),
      k * (width + 1),
    );
    natural[k * (width + 1) + width] = -0.5 * precisions[k]!;
    return b - 0.5 * precisions[k]! * squaredNorm(mean);
  });
  return { form: 'linear', components: bias.length, width: width + 1, natural, bias: shifted };
}

/** ‖x‖² */
export function squaredNorm(x: ArrayLike<number>): number {
  let sum = 0;
  for (let d = 0; d < x.length; d++) sum += x[d]! * x[d]!;
  return sum;
}
