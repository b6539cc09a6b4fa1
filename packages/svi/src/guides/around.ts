import { inverseFromCholesky } from '@mixtention/core/numeric';
import type { Around } from './guide-types.ts';

/** Where a guide begins, from a normal with this mean and lower factor of its covariance. */
export function aroundNormal(mean: Float64Array, factor: Float64Array): Around {
  const d = mean.length;
  const inverse = new Float64Array(d * d);
  inverseFromCholesky(factor, d, inverse);
  return {
    mean,
    factor,
    deviations: Float64Array.from({ length: d }, (_, i) => Math.hypot(...factor.subarray(i * d, i * d + i + 1))),
    conditionalDeviations: Float64Array.from({ length: d }, (_, i) => 1 / Math.sqrt(inverse[i * d + i]!)),
  };
}

/** The normal about 0 that is a tenth as wide as the standard one, for whatever nothing is known of. */
export function aroundZero(d: number): Around {
  const narrow = new Float64Array(d).fill(0.1);
  return { mean: new Float64Array(d), deviations: narrow, conditionalDeviations: narrow, factor: null };
}
