import type { Centered } from '@mixtention/core/kernel';
import type { NormalWishart } from './normal-wishart-prior.ts';

/** What the density `N(μ; m, Σ/β)` adds to the moments of a component, counts aside: `−β(μ − m)` and `β(μ − m)(μ − m)ᵀ`. */
export function withMeanPrior(centered: Centered, point: Float64Array, { mean, shrinkage }: NormalWishart): Centered {
  const D = point.length;
  const away = point.map((p, i) => p - mean[i]!);
  return {
    count: centered.count,
    first: centered.first.map((f, i) => f - shrinkage * away[i]!),
    second: centered.second.map((s, at) => s + shrinkage * away[Math.floor(at / D)]! * away[at % D]!),
  };
}

/** `A (Aᵀ v)` for a lower triangular A `[D, D]`: the product with the precision A Aᵀ. */
export function timesPrecision(factor: Float64Array, vector: Float64Array): Float64Array {
  const D = vector.length;
  const inner = new Float64Array(D);
  for (let i = 0; i < D; i++) for (let j = i; j < D; j++) inner[i]! += factor[j * D + i]! * vector[j]!;
  const product = new Float64Array(D);
  for (let i = 0; i < D; i++) for (let j = 0; j <= i; j++) product[i]! += factor[i * D + j]! * inner[j]!;
  return product;
}

/**
 * Gradient of `n log |A| − ½ tr(Aᵀ C A)` by the free numbers of a lower triangular A whose diagonal is an exponential.
 *
 *     ∂/∂A = tril(n diag(1/A_ii) − C A),   ∂/∂ log A_ii = n − A_ii (C A)_ii
 *
 * @param scatter  C, `[D, D]`, symmetric
 * @returns `[D, D]`, 0 above the diagonal
 *
 * Cost: D³/2 multiply–adds.
 */
export function factorGradient(factor: Float64Array, count: number, scatter: Float64Array, D: number): Float64Array {
  const gradient = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let l = j; l < D; l++) product += scatter[i * D + l]! * factor[l * D + j]!;
      gradient[i * D + j] = i === j ? count - factor[i * D + i]! * product : -product;
    }
  }
  return gradient;
}
