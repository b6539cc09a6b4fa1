import type { Key } from '@mixtention/core';
import { generator, logSumExp } from '@mixtention/core/numeric';
import type { NormalAt } from './inverse-hessian.ts';

/** Draws with the logarithms of their importance ratios. */
export type Weighted = { readonly draws: readonly Float64Array[]; readonly logRatios: Float64Array };

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** Log density of a draw mean + L ε. */
export const logDensityOf = ({ logDet }: NormalAt, noise: Float64Array): number =>
  -0.5 * (noise.reduce((total, e) => total + e * e, 0) + logDet) - noise.length * HALF_LOG_2PI;

/** mean + L ε. */
export function place({ mean, factor }: NormalAt, noise: Float64Array): Float64Array {
  const d = mean.length;
  return mean.map((m, i) => {
    let total = m;
    for (let j = 0; j <= i; j++) total += factor[i * d + j]! * noise[j]!;
    return total;
  });
}

/** |L⁻¹(u − m)|². */
export function squaresFrom(mean: Float64Array, factor: Float64Array): (u: Float64Array) => number {
  const d = mean.length;
  const z = new Float64Array(d);
  return (u) => {
    let squares = 0;
    for (let i = 0; i < d; i++) {
      let x = u[i]! - mean[i]!;
      for (let j = 0; j < i; j++) x -= factor[i * d + j]! * z[j]!;
      z[i] = x / factor[i * d + i]!;
      squares += z[i]! ** 2;
    }
    return squares;
  };
}

/** Draws of a normal with log p − log q of each. */
export function drawNormal(
  normal: NormalAt,
  logDensity: (u: Float64Array) => number,
  key: Key,
  count: number,
): Weighted {
  const random = generator(key);
  const noise = new Float64Array(normal.mean.length);
  const logRatios = new Float64Array(count);
  const draws = Array.from({ length: count }, (_, s) => {
    for (let j = 0; j < noise.length; j++) noise[j] = random.normal();
    const u = place(normal, noise);
    logRatios[s] = logDensity(u) - logDensityOf(normal, noise);
    return u;
  });
  return { draws, logRatios };
}

/**
 * As many draws of each normal, weighed by how likely their mixture makes them (the balance heuristic): modes that several normals found count once, and normals that are too narrow spoil nothing.
 *
 * Cost: P densities of normals a draw.
 * Source: Veach & Guibas (1995), Optimally combining sampling techniques; Owen & Zhou (2000), Safe and effective importance sampling.
 */
export function drawAmong(
  normals: readonly NormalAt[],
  logDensity: (u: Float64Array) => number,
  keyOf: (normal: number) => Key,
  count: number,
): Weighted & { /** By the normal that made them alone. */ readonly own: readonly Float64Array[] } {
  const parts = normals.map((normal, i) => drawNormal(normal, logDensity, keyOf(i), count));
  const densities = normals.map((normal) => {
    const squares = squaresFrom(normal.mean, normal.factor);
    const constant = -0.5 * normal.logDet - normal.mean.length * HALF_LOG_2PI - Math.log(normals.length);
    return (u: Float64Array): number => constant - 0.5 * squares(u);
  });
  const logs = new Float64Array(normals.length);
  const logRatios = parts.flatMap(({ draws, logRatios: own }, i) =>
    draws.map((u, s) => {
      densities.forEach((density, j) => {
        logs[j] = density(u);
      });
      // log p is known by the ratio to the normal that made the draw.
      return own[s]! + logs[i]! + Math.log(normals.length) - logSumExp(logs);
    }),
  );
  return {
    draws: parts.flatMap(({ draws }) => draws),
    logRatios: Float64Array.from(logRatios),
    own: parts.map(({ logRatios: ratios }) => ratios),
  };
}
