import { logSumExp, lower, triangularSolve } from '@mixtention/core/numeric';
import { boundOfDraw, sizeOf } from './discrete-bound.ts';
import type { MixtureGuide, Noise } from './guide.ts';
import type { MixturePrior } from './prior.ts';

/** `path`: gradients flow through the draws alone (sticking the landing); `total`: also through log q. */
export type GradientEstimator = 'path' | 'total';

type Gradient = { readonly [name in keyof MixtureGuide & string]: Float64Array };

type Given = { readonly guide: MixtureGuide; readonly prior: MixturePrior; readonly estimator: GradientEstimator };

/**
 * The terms of the objective that belong to no row, `log p(θ) − log q(θ)` averaged over draws, and their gradient by the guide, in float64.
 *
 *     ∂/∂w_k = α (1 − K π_k)      ∂/∂μ_k = −β Λ_k (μ_k − m)      ∂/∂A_k = −(W⁻¹ + β (μ_k − m)(μ_k − m)ᵀ) A_k + (ν + 1 − i)/A_ii
 *
 * chained through `θ = t_φ(ε)`. Under `total` −log q adds 1 to each log scale; under `path` it enters through the draws, by ε/σ.
 *
 * @param noise  of S draws
 *
 * Cost: S·K·D³.
 * Source: Roeder, Wu & Duvenaud, Sticking the landing (2017), for the estimator `path`.
 */
export function globalsGradient(given: Given, noise: Noise): { readonly value: number; readonly gradient: Gradient } {
  const { guide, prior } = given;
  const { components: K, width: D } = sizeOf(guide);
  const draws = noise.weight.length / K;
  const gradient = Object.fromEntries(
    Object.entries(guide).map(([name, array]) => [name, new Float64Array(array.length)]),
  ) as Gradient;
  const nobody = { counts: new Float64Array(K), sums: new Float64Array(K * (D + D * D)), entropy: 0 };
  let value = 0;
  for (let s = 0; s < draws; s++) {
    const own = drawOf(noise, s, draws);
    value += boundOfDraw({ guide, assigned: nobody, prior }, own) / draws;
    addWeights(given, own.weight, gradient, 1 / draws);
    for (let k = 0; k < K; k++) addComponent(given, own, gradient, { k, D, share: 1 / draws });
  }
  return { value, gradient };
}

function drawOf({ weight, mean, factor }: Noise, s: number, draws: number): Noise {
  const cut = (a: Float64Array): Float64Array => a.subarray((s * a.length) / draws, ((s + 1) * a.length) / draws);
  return { weight: cut(weight), mean: cut(mean), factor: cut(factor) };
}

/** Each number θ = φ + σ ε passes its own derivative d on: d to φ, d σ ε to log σ. */
function addWeights({ guide, prior, estimator }: Given, noise: Float64Array, into: Gradient, share: number): void {
  const K = noise.length;
  const scales = guide.weightLogScale.map(Math.exp);
  const logits = guide.weight.map((w, k) => (k < K - 1 ? w + scales[k]! * noise[k]! : 0));
  const normalizer = logSumExp(logits);
  for (let k = 0; k < K - 1; k++) {
    const own = prior.concentration * (1 - K * Math.exp(logits[k]! - normalizer));
    const d = own + (estimator === 'path' ? noise[k]! / scales[k]! : 0);
    into.weight[k]! += share * d;
    into.weightLogScale[k]! += share * (d * scales[k]! * noise[k]! + (estimator === 'total' ? 1 : 0));
  }
}

type Place = { readonly k: number; readonly D: number; readonly share: number };

function addComponent({ guide, prior, estimator }: Given, noise: Noise, into: Gradient, { k, D, share }: Place): void {
  const at = k * D * D;
  const block = (a: Float64Array): Float64Array => a.subarray(at, at + D * D);
  const epsilon = noise.mean.subarray(k * D, (k + 1) * D);
  const [scales, eta] = [block(guide.factorLogScale).map(Math.exp), block(noise.factor)];
  const L = lower(block(guide.meanFactor), D);
  const A = lower(
    block(guide.factor).map((f, i) => f + scales[i]! * eta[i]!),
    D,
  );
  const away = epsilon.map((_, i) => guide.mean[k * D + i]! + dot(L, i * D, epsilon) - prior.mean[i]!);
  // Aᵀ (μ − m)
  const turned = away.map((_, j) => away.reduce((sum, a, i) => sum + A[i * D + j]! * a, 0));
  const back = estimator === 'path' ? triangularSolve(L, D, epsilon, { adjoint: true }) : null;
  for (let i = 0; i < D; i++) {
    const dMean = -prior.shrinkage * dot(A, i * D, turned) + (back === null ? 0 : back[i]!);
    into.mean[k * D + i]! += share * dMean;
    for (let j = 0; j <= i; j++) {
      const [ij, own] = [i * D + j, at + i * D + j];
      const isDiagonal = i === j;
      const dRoot = dMean * epsilon[j]! * (isDiagonal ? L[ij]! : 1) + (isDiagonal && estimator === 'total' ? 1 : 0);
      into.meanFactor[own]! += share * dRoot;
      let dA = -prior.shrinkage * away[i]! * turned[j]!;
      for (let l = j; l < D; l++) dA -= prior.inverseScale[i * D + l]! * A[l * D + j]!;
      const dFree = isDiagonal ? dA * A[ij]! + prior.degrees + 1 - i : dA;
      const d = dFree + (estimator === 'path' ? eta[ij]! / scales[ij]! : 0);
      into.factor[own]! += share * d;
      into.factorLogScale[own]! += share * (d * scales[ij]! * eta[ij]! + (estimator === 'total' ? 1 : 0));
    }
  }
}

/** Row of a matrix times a vector. */
function dot(matrix: Float64Array, at: number, vector: Float64Array): number {
  return vector.reduce((sum, v, j) => sum + matrix[at + j]! * v, 0);
}
