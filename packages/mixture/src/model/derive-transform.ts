import type { Density, Transform, Tree } from '@mixtention/core';
import { identityTransform, scalingsOf, transformOf } from '@mixtention/core/data';

/** Deviations of a component from the centre at which its rows lose eight of their sixteen digits. */
const FAR = 1e8;

/**
 * The space in which a mixture scores best: centred at its mean, scaled by its own standard deviations (as data drawn from it would be).
 *
 *     center = Σ π_k μ_k      scale_d² = Σ π_k [ (Σ_k)_dd + (μ_kd − center_d)² ]
 *
 * Where that centre lies so many deviations of a component from its mean that its rows would lose digits on the way, the mean nearest to 0 is the centre: whatever rows
 * float64 tells apart are told apart about it.
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
  const own = variancesOf(family, params, weights.length, D);
  for (let d = 0; d < D; d++) {
    const at = (k: number): number => means.data[k * D + d]!;
    const used = Array.from(weights.keys()).filter((k) => weights[k]! > 0);
    if (used.some((k) => Math.abs(at(k) - center[d]!) > FAR * Math.sqrt(own[k * D + d]!)))
      center[d] = used.map(at).reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a));
  }
  const variances = new Float64Array(D);
  for (let k = 0; k < weights.length; k++) {
    for (let d = 0; d < D; d++) {
      const distance = means.data[k * D + d]! - center[d]!;
      variances[d]! += weights[k]! * (own[k * D + d]! + distance * distance);
    }
  }
  const spread = variances.map((v) => (v > 0 && v < Number.POSITIVE_INFINITY ? Math.sqrt(v) : 0));
  return transformOf({ center: center.map((c) => (Number.isFinite(c) ? c : 0)), spread }, ways);
}

/** Variances `[K, D]` of components; 0 where the family has none. */
function variancesOf(family: Density, params: Tree, components: number, D: number): Float64Array {
  const variances = new Float64Array(components * D);
  for (let k = 0; k < components; k++) {
    // One component at a time: all covariances at once may not fit in memory.
    const covariance = family.describe(family.select(params, [k])).covariances?.[0]?.data;
    for (let d = 0; d < D; d++) variances[k * D + d] = covariance?.[d * D + d] ?? 0;
  }
  return variances;
}
