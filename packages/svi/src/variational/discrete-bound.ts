import type { Key } from '@mixtention/core';
import { centerOuter } from '@mixtention/core/kernel';
import { generator, logSumExp, lower } from '@mixtention/core/numeric';
import { logPriorConstant } from './constants.ts';
import { drawNoise } from './draw-noise.ts';
import { type MixtureGuide, type Noise, statisticsWidth } from './guide.ts';
import type { MixturePrior } from './prior.ts';

const LOG_2PI = Math.log(2 * Math.PI);

/** What q(z) gives when it is summed exactly: N_k `[K]`, Σ r T(x) `[K, D + D²]`, and −Σ r log r. */
export type Assigned = { readonly counts: Float64Array; readonly sums: Float64Array; readonly entropy: number };

export type BoundInput = { readonly guide: MixtureGuide; readonly assigned: Assigned; readonly prior: MixturePrior };

/** A mean over draws and its standard error. */
export type BoundEstimate = { readonly mean: number; readonly standardError: number };

/**
 * The evidence lower bound with discrete assignments, estimated in float64 with every constant.
 *
 *     E_q(θ) [ Σₙ Σ_k r_nk (log π_k + log N(x_n; μ_k, Λ_k⁻¹) − log r_nk) + log p(θ) − log q(θ) ]
 *
 * The sum over assignments is exact (y = r), since the complete log-likelihood is linear in them; only θ is drawn.
 *
 * @param key    of the draws
 * @param draws  S
 *
 * Cost: S·K·D³; nothing of the data is touched.
 *
 * @example
 * const family = { mean: new Float64Array(2), shrinkage: 1, degrees: 2, inverseScale: Float64Array.of(1, 0, 0, 1) };
 * const executor = inline(await loadBackend('tfjs-wasm'));
 * const { info } = await fitVariational(faithful(), {
 *   components: 2, executor, maxIterations: 100, prior: { concentration: 1, family: gaussianFull.prior.unscale(family, columnTransform(faithful(), null)) },
 * });
 * const { mean } = discreteBound({ ...info, prior: { concentration: 1, ...family } }, key(0), 1000); // about −437
 */
export function discreteBound(input: BoundInput, key: Key, draws: number): BoundEstimate {
  const { components, width } = sizeOf(input.guide);
  const random = generator(key);
  let mean = 0;
  let squares = 0;
  for (let s = 0; s < draws; s++) {
    const value = boundOfDraw(input, drawNoise(random, 1, components, width));
    const step = value - mean;
    mean += step / (s + 1);
    squares += step * (value - mean);
  }
  return { mean, standardError: draws > 1 ? Math.sqrt(squares / (draws - 1) / draws) : Number.NaN };
}

/** K and D of a guide. */
export function sizeOf(guide: MixtureGuide): { readonly components: number; readonly width: number } {
  const components = guide.weight.length;
  return { components, width: guide.mean.length / components };
}

/** The quantity whose mean is the bound, at the θ of one draw. */
export function boundOfDraw({ guide, assigned, prior }: BoundInput, noise: Noise): number {
  const { components: K, width: D } = sizeOf(guide);
  const logits = guide.weight.map((w, k) =>
    k < K - 1 ? w + Math.exp(guide.weightLogScale[k]!) * noise.weight[k]! : 0,
  );
  const normalizer = logSumExp(logits);
  let total = assigned.entropy + logPriorConstant(prior, K, D);
  for (let k = 0; k < K; k++) {
    total += (assigned.counts[k]! + prior.concentration) * (logits[k]! - normalizer);
    if (k < K - 1) total += guide.weightLogScale[k]! + 0.5 * (LOG_2PI + noise.weight[k]! ** 2);
    total += componentTerm({ guide, assigned, prior }, noise, k, D);
  }
  return total;
}

/** Log-likelihood of the rows of a component, log prior and −log q of its μ and A. */
function componentTerm({ guide, assigned, prior }: BoundInput, noise: Noise, k: number, D: number): number {
  const size = D * D;
  const P = statisticsWidth(D);
  const at = k * size;
  const free = guide.factor
    .slice(at, at + size)
    .map((f, i) => f + Math.exp(guide.factorLogScale[at + i]!) * noise.factor[at + i]!);
  const A = lower(free, D);
  const L = lower(guide.meanFactor.subarray(at, at + size), D);
  const epsilon = noise.mean.subarray(k * D, (k + 1) * D);
  const mean = Float64Array.from(
    { length: D },
    (_, i) => guide.mean[k * D + i]! + dot(L.subarray(i * D, (i + 1) * D), epsilon),
  );
  const count = assigned.counts[k]!;
  const { second } = centerOuter(lowerSums(assigned.sums.subarray(k * P, (k + 1) * P), D), count, mean);
  const away = mean.map((m, i) => m - prior.mean[i]!);
  const scatter = second.map(
    (c, i) => c + prior.inverseScale[i]! + prior.shrinkage * away[Math.floor(i / D)]! * away[i % D]!,
  );
  let value = -0.5 * traceUnder(A, scatter, D) - 0.5 * count * D * LOG_2PI;
  for (let i = 0; i < D; i++) {
    // N_k of the likelihood; 1 of p(μ), ν − D − 1 of the Wishart, D − i + 1 of the change of variables (i from 0)
    value += (count + prior.degrees + 1 - i) * free[i * D + i]!;
    value += guide.meanFactor[at + i * D + i]! + 0.5 * (LOG_2PI + epsilon[i]! ** 2);
    for (let j = 0; j <= i; j++) {
      value += guide.factorLogScale[at + i * D + j]! + 0.5 * (LOG_2PI + noise.factor[at + i * D + j]! ** 2);
    }
  }
  return value;
}

/** `[s; vec S]` as s and the lower triangle of S. */
function lowerSums(sums: Float64Array, D: number): Float64Array {
  const lower = [...sums.subarray(0, D)];
  for (let i = 0; i < D; i++) lower.push(...sums.subarray(D + i * D, D + i * D + i + 1));
  return Float64Array.from(lower);
}

/** `tr(Aᵀ C A)` for a lower triangular A. */
function traceUnder(A: Float64Array, C: Float64Array, D: number): number {
  let sum = 0;
  for (let i = 0; i < D; i++) {
    for (let j = 0; j < D; j++) {
      let precision = 0;
      for (let l = 0; l <= Math.min(i, j); l++) precision += A[i * D + l]! * A[j * D + l]!;
      sum += precision * C[i * D + j]!;
    }
  }
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0);
}
