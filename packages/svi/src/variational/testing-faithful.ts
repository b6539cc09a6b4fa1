import type { Matrix } from '@mixtention/core';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { faithful } from '@mixtention/mixture';
import type { VariationalOptions } from './variational-options.ts';

/** Old Faithful standardised by the sample deviation, which is √(N/(N−1)) times that of the fit. */
export function standardized(): Matrix {
  const x = faithful();
  const { center, scale } = columnTransform(x, null);
  return applyTransform(x, { center, scale: scale.map((s) => s * Math.sqrt(272 / 271)) });
}

/** α = 1, β = 1, m = 0, W = I, ν = 2 */
export const prior: NonNullable<VariationalOptions['prior']> = {
  concentration: 1,
  family: {
    mean: new Float64Array(2),
    shrinkage: 1,
    degrees: 2,
    inverseScale: Float64Array.of(1, 0, 0, 1),
  },
};
