import type { Key } from '@mixtention/core';
import { generator } from '@mixtention/core/numeric';
import { lbfgs, type Objective } from '../lbfgs/lbfgs.ts';
import type { NormalAt } from './inverse-hessian.ts';

/** Draws that stand for a normal while its bound is raised: half of them, and the same mirrored. */
const NOISE = 10;

/** Most iterations: places may be hundreds of units away. */
const ITERATIONS = 1000;

/** Log deviations at the beginning. */
const NARROW = -2;

/**
 * The normal without correlations whose bound over fixed noise is highest: where a density rises without end (a deviation of a hierarchy towards 0), its top is no place to be, and a bound that is a mean
 * over the width of a normal still has one.
 *
 *     max over m, ρ of  (1/S) Σ_s log p(m + e^ρ ε_s) + Σ ρ
 *
 * Source: Giordano, Ingram & Broderick (2024), Black box variational inference with a deterministic objective, JMLR 25.
 */
export function fixedNoiseNormal(
  logDensity: Objective,
  start: Float64Array,
  key: Key,
): { readonly normal: NormalAt | null; readonly gradientEvaluations: number } {
  const d = start.length;
  const random = generator(key);
  const half = Array.from({ length: NOISE / 2 }, () => Float64Array.from({ length: d }, () => random.normal()));
  const noise = [...half, ...half.map((e) => e.map((x) => -x))];
  const [u, slope] = [new Float64Array(d), new Float64Array(d)];
  let gradientEvaluations = 0;
  const bound: Objective = (at, gradient) => {
    gradient.fill(0, 0, d).fill(1, d);
    let total = 0;
    for (let i = 0; i < d; i++) total += at[d + i]!;
    for (const e of noise) {
      for (let i = 0; i < d; i++) u[i] = at[i]! + Math.exp(at[d + i]!) * e[i]!;
      total += logDensity(u, slope) / NOISE;
      gradientEvaluations++;
      for (let i = 0; i < d; i++) {
        gradient[i]! += slope[i]! / NOISE;
        gradient[d + i]! += (slope[i]! * (u[i]! - at[i]!)) / NOISE;
      }
      if (!Number.isFinite(total)) return Number.NEGATIVE_INFINITY;
    }
    return total;
  };
  const begin = new Float64Array(2 * d).fill(NARROW, d);
  begin.set(start);
  const { path, status } = lbfgs(bound, begin, { iterations: ITERATIONS, relativeTolerance: 1e-7 });
  if (status === 'diverged') return { normal: null, gradientEvaluations };
  const top = path.at(-1)!.u;
  const factor = new Float64Array(d * d);
  for (let i = 0; i < d; i++) factor[i * d + i] = Math.exp(top[d + i]!);
  const logDet = 2 * top.subarray(d).reduce((total, rho) => total + rho, 0);
  return { normal: { mean: top.slice(0, d), factor, logDet }, gradientEvaluations };
}
