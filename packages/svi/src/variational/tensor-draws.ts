import type * as TF from '@tensorflow/tfjs-core';
import type { Noise } from './guide.ts';

type Tf = typeof TF;

/** The arrays of a guide as tensors. */
export type GuideTensors = { readonly [name: string]: TF.Tensor };

/** The noise of S draws as tensors, `[S, K]`, `[S, K, D]`, `[S, K, D, D]`. */
export type NoiseTensors = { readonly weight: TF.Tensor; readonly mean: TF.Tensor; readonly factor: TF.Tensor };

/** S draws from the guide, differentiable in its parameters. */
export type Draws = {
  /** w `[S, K]`, the last 0 */
  readonly logits: TF.Tensor;
  /** log π `[S, K]` */
  readonly logWeights: TF.Tensor;
  /** μ `[S, K, D]` */
  readonly means: TF.Tensor;
  /** The free numbers of A `[S, K, D, D]`, 0 above the diagonal */
  readonly free: TF.Tensor;
  /** A `[S, K, D, D]` */
  readonly factors: TF.Tensor;
  /** log A_ii `[S, K, D]` */
  readonly logDiagonals: TF.Tensor;
};

/** Constant tensors that cut triangles and the last weight out of dense arrays. */
export type Masks = {
  /** `[K]`: 1 but for the last component */
  readonly free: TF.Tensor;
  /** `[D, D]`: 1 below the diagonal */
  readonly below: TF.Tensor;
  /** `[D, D]` */
  readonly diagonal: TF.Tensor;
  /** `[D, D]`: 1 on and below the diagonal */
  readonly triangle: TF.Tensor;
};

/** Masks for K components of width D. */
export function masksOf(tf: Tf, components: number, width: number): Masks {
  const diagonal = tf.eye(width);
  const triangle = tf.linalg.bandPart(tf.ones([width, width]), -1, 0);
  const last = Float32Array.from({ length: components }, (_, k) => (k < components - 1 ? 1 : 0));
  return { free: tf.tensor1d(last), below: tf.sub(triangle, diagonal), diagonal, triangle };
}

/** Noise as tensors. */
export function noiseTensors(tf: Tf, noise: Noise, components: number, width: number): NoiseTensors {
  const draws = noise.weight.length / components;
  return {
    weight: tf.tensor(Float32Array.from(noise.weight), [draws, components]),
    mean: tf.tensor(Float32Array.from(noise.mean), [draws, components, width]),
    factor: tf.tensor(Float32Array.from(noise.factor), [draws, components, width, width]),
  };
}

/** `lower(free)`: the lower triangle, its diagonal exponentiated. */
export function lowerTensor(tf: Tf, free: TF.Tensor, { below, diagonal }: Masks): TF.Tensor {
  // Numbers off the diagonal may be large: they are cut out before the exponential, since ∞ · 0 is no number.
  return tf.add(tf.mul(free, below), tf.mul(tf.exp(tf.mul(free, diagonal)), diagonal));
}

/**
 * Reparameterised draws: θ = t_φ(ε).
 *
 *     w = weight + exp(weightLogScale) ε      μ = mean + lower(meanFactor) ε      A = lower(factor + exp(factorLogScale) ∘ ε)
 */
export function drawGuide(tf: Tf, guide: GuideTensors, noise: NoiseTensors, masks: Masks): Draws {
  const logits = tf.mul(tf.add(guide.weight!, tf.mul(tf.exp(guide.weightLogScale!), noise.weight)), masks.free);
  const spread = tf.mul(lowerTensor(tf, guide.meanFactor!, masks), tf.expandDims(noise.mean, 2));
  const free = tf.mul(tf.add(guide.factor!, tf.mul(tf.exp(guide.factorLogScale!), noise.factor)), masks.triangle);
  return {
    logits,
    logWeights: tf.sub(logits, tf.logSumExp(logits, 1, true)),
    means: tf.add(guide.mean!, tf.sum(spread, 3)),
    free,
    factors: lowerTensor(tf, free, masks),
    logDiagonals: tf.sum(tf.mul(free, masks.diagonal), 3),
  };
}
