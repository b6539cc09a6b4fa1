import type { Scores, WhitenedTerm } from '@mixtention/core';
import { identity } from '@mixtention/core/kernel';
import { LOG_2PI } from './whiten.ts';

/**
 * Scores of Gaussians of independent columns by distances, a term a column.
 *
 *     log π_k − ½ Σ_d [ ((x_d − μ_kd)/σ_kd)² + log σ²_kd + log 2π ]
 *
 * @param means      μ `[K, D]`
 * @param variances  σ² `[K, D]`
 */
export function distanceScores(
  width: number,
  { means, variances }: { readonly means: Float64Array; readonly variances: Float64Array },
  logWeights: Float64Array,
): Scores {
  const K = logWeights.length;
  const bias = logWeights.slice();
  for (let i = 0; i < means.length; i++) bias[Math.floor(i / width)]! -= 0.5 * (Math.log(variances[i]!) + LOG_2PI);
  const terms = Array.from({ length: width }, (_, d): WhitenedTerm => {
    const factor = Float64Array.from({ length: K }, (_, k) => 1 / Math.sqrt(variances[k * width + d]!));
    return {
      form: 'whitened',
      statistics: identity.each,
      columns: [d],
      width: 1,
      factor,
      offset: factor.map((w, k) => w * means[k * width + d]!),
      triangular: true,
      precision: 'float64',
    };
  });
  return { components: K, bias, terms };
}
