import type { Density, Transform, Tree } from '@mixtention/core';
import { identityTransform, scalingsOf, transformOf } from '@mixtention/core/data';

/**
 * The space in which a mixture scores best: centred at its mean, scaled by its own standard deviations (as data drawn from it would be).
 *
 *     center = Σ π_k μ_k      scale_d² = Σ π_k [ (Σ_k)_dd + (μ_kd − center_d)² ]
 *
 * @param params  in user space
 * @param weights  π, `[K]`
 */
export function deriveTransform(family: Density, params: Tree, weights: Float64Array): Transform {
  const { means } = family.describe(params);
  const { cols: D } = means;
  const ways = scalingsOf(family, D);
  if (ways.every((way) => way === 'none')) return identityTransform(D);
  const center = new Float64Array(D);
  for (let i = 0; i < weights.length * D; i++) center[i % D]! += weights[Math.floor(i / D)]! * means.data[i]!;
  const variances = new Float64Array(D);
  for (let k = 0; k < weights.length; k++) {
    // One component at a time: all covariances at once may not fit in memory.
    const covariance = family.describe(family.select(params, [k])).covariances?.[0]?.data;
    for (let d = 0; d < D; d++) {
      const distance = means.data[k * D + d]! - center[d]!;
      variances[d]! += weights[k]! * ((covariance?.[d * D + d] ?? 0) + distance * distance);
    }
  }
  const spread = variances.map((v) => (v > 0 && v < Number.POSITIVE_INFINITY ? Math.sqrt(v) : 0));
  return transformOf({ center: center.map((c) => (Number.isFinite(c) ? c : 0)), spread }, ways);
}
