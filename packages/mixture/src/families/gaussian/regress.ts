import type { Conditional } from '@mixtention/core';
import { pickBlocks, pickColumns } from '../pick-columns.ts';
import { whiten } from './whiten.ts';

/** What a Gaussian is, in some of its columns: means `[K, D]`, and covariances `[K, D, D]`, or `[1, D, D]` where all components share it. */
export type Gaussians = { readonly width: number; readonly means: Float64Array; readonly covariances: Float64Array };

/**
 * The regression of hidden columns on seen ones within each component.
 *
 *     E[x_H | x_S, k] = a_k + B_k x_S,  B_k = Σ_HS Σ_SS⁻¹,  a_k = μ_H − B_k μ_S
 *
 * Cost: |S|³/3 + |H|·|S|² for each covariance.
 * Source: Bishop (2006), eq. 2.81.
 */
export function regress(
  { width, means, covariances }: Gaussians,
  seen: readonly number[],
  hidden: readonly number[],
): Conditional {
  const [S, H] = [seen.length, hidden.length];
  const own = pickColumns(means, width, hidden);
  const crossed = pickBlocks(covariances, width, hidden, seen);
  if (S === 0 || crossed.every((c) => c === 0)) return { intercepts: own, slopes: null };
  const among = pickBlocks(covariances, width, seen, seen);
  const slopes = new Float64Array(crossed.length);
  const blocks = crossed.length / (H * S);
  for (let k = 0; k < blocks; k++) {
    const { whitening } = whiten(among.subarray(k * S * S, (k + 1) * S * S), S);
    for (let h = 0; h < H; h++) {
      const at = (k * H + h) * S;
      slopes.set(timesInverse(crossed.subarray(at, at + S), whitening), at);
    }
  }
  const centers = pickColumns(means, width, seen);
  const intercepts = own.map((m, i) => {
    const [k, h] = [Math.floor(i / H), i % H];
    let a = m;
    for (let s = 0; s < S; s++) a -= slopes[((blocks === 1 ? 0 : k) * H + h) * S + s]! * centers[k * S + s]!;
    return a;
  });
  return { intercepts, slopes };
}

/** `cᵀ Wᵀ W`, with Σ⁻¹ = Wᵀ W for a lower triangular W. */
function timesInverse(c: Float64Array, W: Float64Array): Float64Array {
  const S = c.length;
  const half = new Float64Array(S);
  const product = new Float64Array(S);
  for (let i = 0; i < S; i++) for (let j = 0; j <= i; j++) half[i]! += c[j]! * W[i * S + j]!;
  for (let i = 0; i < S; i++) for (let j = 0; j <= i; j++) product[j]! += half[i]! * W[i * S + j]!;
  return product;
}
