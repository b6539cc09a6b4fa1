import type { Matrix } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import type { HeadGauge } from './gauge.ts';

export type FittedGauge = { readonly gauge: HeadGauge } | { readonly reason: string };

/** What a fit sees, in units in which the queries have deviation 1: mean and second moments of queries, keys, rows of log priors. */
export type GaugeProblem = {
  readonly mean: Float64Array;
  /** `E[q qᵀ]` `[d, d]`, or its diagonal `[d]`. */
  readonly second: Float64Array;
  /** s k `[K, d]` */
  readonly keys: Float64Array;
  readonly prior: Matrix;
};

/** A square root A of the covariance of the queries. */
export type Root = {
  readonly factor: Float64Array;
  /** A⁻¹ x */
  inward(x: Float64Array): Float64Array;
  /** Aᵀ of each row */
  outward(rows: Float64Array, count: number): Float64Array;
};

export type FitPlace = { readonly d: number; readonly root: Root; readonly seed: number };

/** Λ = 1 and c = 0 in units of the queries; other seeds begin elsewhere, and end at the same optimum. */
export function startAt(length: number, seed: number): Float64Array {
  if (seed === 0) return new Float64Array(length);
  const random = generator(key(seed));
  return Float64Array.from({ length }, () => 0.5 * random.normal());
}
