import type { Key, Transform } from '@mixtention/core';
import { generator, logSumExp, lower } from '@mixtention/core/numeric';
import { sizeOf } from './discrete-bound.ts';
import { drawNoise } from './draw-noise.ts';
import type { MixtureGuide } from './guide.ts';

/** Means and standard deviations under the guide, in user space, components in the order of the model. */
export type GuidePosterior = {
  /** π, `[K]` */
  readonly weights: MeanAndDeviation;
  /** μ, `[K, D]` */
  readonly means: MeanAndDeviation;
};

export type MeanAndDeviation = { readonly mean: Float64Array; readonly deviation: Float64Array };

/**
 * What a guide says of weights and means.
 *
 * Those of the means are exact, Var μ_k = L_k L_kᵀ; those of the weights, softmaxes of Gaussians, come from draws.
 *
 * @param order  `order[k]` is the guide's index of component k
 */
export function posteriorOf(
  guide: MixtureGuide,
  {
    transform,
    order,
    key,
    draws,
  }: {
    readonly transform: Transform;
    readonly order: readonly number[];
    readonly key: Key;
    readonly draws: number;
  },
): GuidePosterior {
  return { weights: weightSpread(guide, order, key, draws), means: meanSpread(guide, order, transform) };
}

function meanSpread(guide: MixtureGuide, order: readonly number[], { center, scale }: Transform): MeanAndDeviation {
  const { components: K, width: D } = sizeOf(guide);
  const mean = new Float64Array(K * D);
  const deviation = new Float64Array(K * D);
  order.forEach((old, k) => {
    const L = lower(guide.meanFactor.subarray(old * D * D, (old + 1) * D * D), D);
    for (let d = 0; d < D; d++) {
      mean[k * D + d] = center[d]! + scale[d]! * guide.mean[old * D + d]!;
      deviation[k * D + d] = scale[d]! * Math.hypot(...L.subarray(d * D, (d + 1) * D));
    }
  });
  return { mean, deviation };
}

function weightSpread(guide: MixtureGuide, order: readonly number[], key: Key, draws: number): MeanAndDeviation {
  const { components: K } = sizeOf(guide);
  const random = generator(key);
  const mean = new Float64Array(K);
  const squares = new Float64Array(K);
  for (let s = 0; s < draws; s++) {
    const { weight: noise } = drawNoise(random, 1, K, 0);
    const logits = guide.weight.map((w, k) => (k < K - 1 ? w + Math.exp(guide.weightLogScale[k]!) * noise[k]! : 0));
    const normalizer = logSumExp(logits);
    order.forEach((old, k) => {
      const step = Math.exp(logits[old]! - normalizer) - mean[k]!;
      mean[k]! += step / (s + 1);
      squares[k]! += (step * step * s) / (s + 1);
    });
  }
  return { mean, deviation: squares.map((q) => Math.sqrt(q / Math.max(1, draws - 1))) };
}
