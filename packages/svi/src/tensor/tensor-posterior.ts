import type { Tf } from '@mixtention/core/backends';
import { fail } from '@mixtention/core/base';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { input } from '../graph/index.ts';
import { dimensionOf, freeIn, latentsOf, type Model, traceModel } from '../model/index.ts';
import { onTensors } from './on-tensors.ts';

/** A model with its data as a log density on tensors. */
export type TensorPosterior = {
  /** How many free coordinates there are. */
  readonly dimension: number;
  /** log p(data, latents) with Jacobians, in nats, of `[D]` free coordinates; differentiable by tfjs. */
  readonly logDensity: (u: Tensor) => Scalar;
  /** Gives back the tensors of the data. */
  readonly dispose: () => void;
};

/**
 * The log joint density of a model on tensors: `posterior` for whoever trains with tfjs, on any of its backends, in float32. The same function runs there that runs as emitted code in
 * float64; gradients are those of tfjs.
 *
 * @param tf  tfjs-core, or a union that carries it, with a backend set
 * @throws BAD_MODEL for models with discrete latents
 *
 * Cost: some microseconds an op, whatever its size: a model of few numbers runs a hundred times faster as emitted code. Take it where tensors are large, or where it is part of a model of tfjs.
 *
 * @example
 * import { tensorPosterior } from '@mixtention/svi/tensor';
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const { logDensity } = tensorPosterior(tf, coin, [1, 1, 0, 1]);
 * logDensity(tf.zeros([1])).dataSync()[0]; // -2.899: at p = 1/2
 * tf.grad(logDensity)(tf.zeros([1])).dataSync()[0]; // 1.00
 */
export function tensorPosterior<Data>(tf: Tf, model: Model<Data>, data: Data): TensorPosterior {
  const latents = latentsOf(model, data);
  const dimension = dimensionOf(latents);
  const all = input('free', [dimension]);
  const known = new Map(latents.map((latent) => [latent.name, latent]));
  const { logJoint } = traceModel(
    model,
    data,
    ({ name, transform }) => {
      if (transform === null)
        fail('svi/tensorPosterior', 'BAD_MODEL', `site "${name}" is discrete; take summedOut(model)`);
      return { free: freeIn(all, known.get(name)!) };
    },
    { whole: true },
  );
  const { run, dispose } = onTensors(tf, [logJoint], [all]);
  return {
    dimension,
    logDensity: (u) => {
      if (u.size !== dimension)
        fail('svi/tensorPosterior', 'BAD_SHAPE', `a tensor of shape [${u.shape}] came, [${dimension}] was due`);
      return tf.tidy(() => tf.reshape(run([u])[0]!, []));
    },
    dispose,
  };
}
