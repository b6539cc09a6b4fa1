import type { Key } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { cholesky, generator, inverseFromCholesky, split } from '@mixtention/core/numeric';
import { lbfgs } from '../lbfgs/lbfgs.ts';
import type { Posterior } from '../model/index.ts';
import type { NormalAt } from '../pathfinder/index.ts';

export type Mode = {
  readonly u: Float64Array;
  readonly value: number;
  readonly converged: boolean;
  readonly gradientEvaluations: number;
};

/** The highest mode that ascents from some starts find: those given, and random ones. */
export function findMode(
  { logDensity, dimension }: Posterior,
  starts: readonly Float64Array[],
  key: Key,
  others: number,
): Mode {
  const random = generator(split(key, 'modes'));
  const more = Array.from({ length: others }, () =>
    Float64Array.from({ length: dimension }, () => 4 * random.uniform() - 2),
  );
  const ends = [...starts, ...more].map((start) => lbfgs(logDensity, start));
  const places = ends.map(({ path, status }) => ({ ...path.at(-1)!, converged: status === 'converged' }));
  const best = places.filter(({ value }) => Number.isFinite(value)).sort((a, b) => b.value - a.value)[0];
  if (best === undefined) return fail('svi/svi', 'BAD_MODEL', 'no ascent found a finite log density');
  const gradientEvaluations = ends.reduce((total, end) => total + end.gradientEvaluations, 0);
  return { u: best.u, value: best.value, converged: best.converged, gradientEvaluations };
}

/**
 * The normal whose precision is the negative Hessian at a mode, by central differences of gradients.
 *
 * @returns `null` where that is not positive definite
 *
 * Cost: 2D gradients.
 */
export function laplaceAt({ logDensity, dimension: d }: Posterior, mode: Float64Array): NormalAt | null {
  const precision = new Float64Array(d * d);
  const [up, down] = [new Float64Array(d), new Float64Array(d)];
  for (let i = 0; i < d; i++) {
    const h = 1e-4 * Math.max(1, Math.abs(mode[i]!));
    logDensity(
      mode.map((x, j) => (j === i ? x + h : x)),
      up,
    );
    logDensity(
      mode.map((x, j) => (j === i ? x - h : x)),
      down,
    );
    for (let j = 0; j < d; j++) {
      const slope = (down[j]! - up[j]!) / (2 * h);
      precision[i * d + j]! += 0.5 * slope;
      precision[j * d + i]! += 0.5 * slope;
    }
  }
  const lower = new Float64Array(d * d);
  if (cholesky(precision, d, lower) < d) return null;
  const covariance = inverseFromCholesky(lower, d);
  const factor = new Float64Array(d * d);
  if (cholesky(covariance, d, factor) < d) return null;
  let logDet = 0;
  for (let i = 0; i < d; i++) logDet += 2 * Math.log(factor[i * d + i]!);
  return { mean: mode, factor, logDet };
}
