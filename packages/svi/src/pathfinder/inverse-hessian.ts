import { cholesky } from '@mixtention/core/numeric';
import type { Place } from '../lbfgs/lbfgs.ts';

/** A normal approximation at a place of the path: mean, lower factor of the covariance, and the logarithm of its determinant. */
export type NormalAt = { readonly mean: Float64Array; readonly factor: Float64Array; readonly logDet: number };

type Pair = { readonly s: Float64Array; readonly z: Float64Array };

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, x, i) => total + x * b[i]!, 0);

/**
 * The normal approximations along a path of L-BFGS: at each place the inverse Hessian that the last steps tell, and one Newton step as mean.
 *
 * @param path     places of an ascent
 * @param history  steps that count
 * @param isAsked  whether one is made at a place
 * @returns one a place after the first; `null` where its covariance is not positive definite, or none was asked for
 *
 * Cost: D³/3 + history·D² multiplications a place, D² numbers.
 * Source: Zhang, Carpenter, Gelman & Vehtari (2022), Pathfinder, JMLR 23, algorithm 3; Byrd, Nocedal & Schnabel (1994), theorem 2.2.
 */
export function* normalsAlong(
  path: readonly Place[],
  history: number,
  isAsked: (place: number) => boolean = () => true,
): Generator<NormalAt | null> {
  const d = path[0]!.u.length;
  let diagonal = new Float64Array(d).fill(1);
  const pairs: Pair[] = [];
  for (let l = 1; l < path.length; l++) {
    const [before, place] = [path[l - 1]!, path[l]!];
    const s = place.u.map((x, i) => x - before.u[i]!);
    const z = place.gradient.map((g, i) => before.gradient[i]! - g);
    if (dot(s, z) > 1e-12 * dot(z, z)) {
      diagonal = updateDiagonal(diagonal, s, z);
      pairs.push({ s, z });
      if (pairs.length > history) pairs.shift();
    }
    yield isAsked(l) ? normalAt(place, inverseHessian(diagonal, pairs), d) : null;
  }
}

/** α of the diagonal that the compact form starts from (Gilbert & Lemaréchal, 1989, eq. 4.9). */
function updateDiagonal(alpha: Float64Array<ArrayBuffer>, s: Float64Array, z: Float64Array): Float64Array<ArrayBuffer> {
  const a = alpha.reduce((total, x, i) => total + x * z[i]! ** 2, 0);
  const b = dot(z, s);
  const c = alpha.reduce((total, x, i) => total + s[i]! ** 2 / x, 0);
  return alpha.map((x, i) => 1 / (a / (b * x) + z[i]! ** 2 / b - (a * s[i]! ** 2) / (b * c * x ** 2)));
}

/** The BFGS update of diag(α) by the pairs, oldest first, as a dense matrix: H ← (I − ρ s zᵀ) H (I − ρ z sᵀ) + ρ s sᵀ. */
function inverseHessian(alpha: Float64Array, pairs: readonly Pair[]): Float64Array {
  const d = alpha.length;
  const h = new Float64Array(d * d);
  for (let i = 0; i < d; i++) h[i * d + i] = alpha[i]!;
  const hz = new Float64Array(d);
  for (const { s, z } of pairs) {
    const rho = 1 / dot(s, z);
    for (let i = 0; i < d; i++) {
      let total = 0;
      for (let j = 0; j < d; j++) total += h[i * d + j]! * z[j]!;
      hz[i] = total;
    }
    const middle = rho * (1 + rho * dot(z, hz));
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) h[i * d + j]! += middle * s[i]! * s[j]! - rho * (hz[i]! * s[j]! + s[i]! * hz[j]!);
  }
  return h;
}

function normalAt({ u, gradient }: Place, covariance: Float64Array, d: number): NormalAt | null {
  const mean = u.map((x, i) => {
    let step = 0;
    for (let j = 0; j < d; j++) step += covariance[i * d + j]! * gradient[j]!;
    return x + step;
  });
  if (!mean.every(Number.isFinite)) return null;
  const factor = new Float64Array(d * d);
  if (cholesky(covariance, d, factor) < d) return null;
  let logDet = 0;
  for (let i = 0; i < d; i++) logDet += 2 * Math.log(factor[i * d + i]!);
  return Number.isFinite(logDet) ? { mean, factor, logDet } : null;
}
