import type { Density, Scores, Tree } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { termSizes } from '@mixtention/core/kernel';

/** A score whose terms are larger is off by more than 1e-8 nats in float64. */
const MOST_TERM = 1e8;
/** Squares of distances that are larger overflow, and NaN follows. */
const FARTHEST = 1e100;

/**
 * Whether components lie so far from 0 in their own deviations that the scores lose digits even in float64.
 *
 * @example
 * const at = (mean) => ({ width: 1, means: Float64Array.of(mean), variances: Float64Array.of(1) });
 * areFar(gaussianDiagonal, at(3), Float64Array.of(0)); // false
 * areFar(gaussianDiagonal, at(1e6), Float64Array.of(0)); // true: of terms of 5e11 float64 keeps four digits behind the point
 */
export function areFar(family: Density, params: Tree, logWeights: Float64Array): boolean {
  return !termSizes(family.scores(params, logWeights)).every((size) => size <= MOST_TERM);
}

/**
 * Scores of a density whose rows are only read: by distances where others would lose digits and the family has such.
 *
 * @param isFar  whether to take distances; scores that are to be put together take the same
 * @throws BAD_MODEL for a component that is no distribution, or lies 1e100 of its deviations from the middle
 *
 * Cost: that of the family's `scores`, twice.
 *
 * @example
 * const at = (mean) => ({ width: 1, means: Float64Array.of(mean), variances: Float64Array.of(1) });
 * scoresToRead(gaussianDiagonal, at(3), Float64Array.of(0)).terms[0].form; // 'linear'
 * scoresToRead(gaussianDiagonal, at(1e6), Float64Array.of(0)).terms[0].form; // 'whitened'
 */
export function scoresToRead(
  family: Density,
  params: Tree,
  logWeights: Float64Array,
  isFar: boolean = areFar(family, params, logWeights),
): Scores {
  const scores = (isFar ? family.distanceScores?.(params, logWeights) : undefined) ?? family.scores(params, logWeights);
  const wrong = findFar(scores);
  return wrong === null ? scores : fail('mixture/scores', 'BAD_MODEL', wrong);
}

/** Why scores cannot be had of rows, in words; null where they can. */
export function findFar(scores: Scores): string | null {
  const sizes = termSizes(scores);
  const far = sizes.findIndex((size) => !(size < FARTHEST));
  if (far < 0) return null;
  const component = `component ${far} (counted from 0)`;
  return Number.isNaN(sizes[far])
    ? `${component} is no distribution: a variance or covariance is not positive, or a probability lies outside 0 … 1`
    : `${component} lies too many of its deviations from the middle of the mixture (terms of ${sizes[far]}, less than ${FARTHEST} was due), so that float64 cannot tell its rows apart`;
}
