import type { RandomSource } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { fail } from '@mixtention/core/base';
import { sampleWithoutReplacement } from '@mixtention/core/numeric';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { summedOut } from '../discrete/index.ts';
import { add, hold, type Shape, showShape, sizeOf, sub } from '../graph/index.ts';
import { type Around, aroundZero, type Guide } from '../guides/index.ts';
import { checkTemperature } from '../gumbel/temperature.ts';
import { inCoordinates } from '../inference/in-coordinates.ts';
import { type Discrete, type Estimator, stateObjective } from '../inference/objective.ts';
import { dimensionOf, latentsOf, type Model } from '../model/index.ts';
import { onTensors } from './on-tensors.ts';

export type TensorBoundOptions = {
  readonly guide: Guide;
  /** The normal that the guide begins at (default: the standard normal, a tenth as wide). */
  readonly around?: Around | undefined;
  /** Of one draw (default `path-derivative`). */
  readonly estimator?: Exclude<Estimator, 'importance-weighted'> | undefined;
  /** How discrete latents are moved (default `score`, without baselines). */
  readonly discrete?: Discrete | undefined;
  /** Of relaxed draws (default 0.5). */
  readonly temperature?: number | undefined;
};

/** The bound of a guide on tensors. */
export type TensorBound = {
  /** What is trained, in the order in which `bound` takes it, and where it begins. */
  readonly parameters: readonly { readonly name: string; readonly shape: Shape; readonly begin: Float32Array }[];
  /** An estimate of the bound by one draw, in nats, differentiable by tfjs; where draws are relaxed it is **no bound**. */
  readonly bound: (parameters: readonly Tensor[], random: RandomSource) => Scalar;
  /** Gives back the tensors of the data. */
  readonly dispose: () => void;
};

/**
 * The bound of a model and a guide as ops of tfjs, for its optimizers and networks, on any of its backends, in float32; draws come of a keyed stream as everywhere, and are those that `svi` would make of it.
 *
 * @param tf  tfjs-core, or a union that carries it, with a backend set
 * @throws as `svi`; BAD_SHAPE where other parameters come than are due
 *
 * Cost: some microseconds an op, as `tensorPosterior`.
 *
 * @example
 * import { generator, key } from '@mixtention/core/numeric';
 * import { autoNormal } from '@mixtention/svi';
 * import { tensorBound } from '@mixtention/svi/tensor';
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const { parameters, bound } = tensorBound(tf, coin, [1, 1, 0, 1], { guide: autoNormal() });
 * const begin = parameters.map(({ begin, shape }) => tf.tensor(begin, shape));
 * bound(begin, generator(key(0))).dataSync()[0] < -2.6; // true
 */
export function tensorBound<Data>(
  tf: Tf,
  model: Model<Data>,
  data: Data,
  { guide, around, estimator = 'path-derivative', discrete = 'score', temperature = 0.5 }: TensorBoundOptions,
): TensorBound {
  checkTemperature('svi/tensorBound', temperature);
  const own = discrete === 'summed-out' ? summedOut(model) : model;
  const given = { ...inCoordinates(own, around ?? aroundZero(dimensionOf(latentsOf(own, data)))), data, guide };
  const stated = stateObjective(given, estimator, discrete);
  const { begin, surrogate, baselines, subsets } = stated;
  // The value of the bound, and the gradient of both.
  const objective = add(stated.bound, sub(surrogate, hold(surrogate)));
  const relaxedBy = stated.temperature === null ? [] : [stated.temperature];
  const program = onTensors(tf, [objective], [...stated.parameters, ...baselines, ...relaxedBy]);
  let start = 0;
  const parameters = stated.parameters.map(({ name, shape }) => {
    const from = start;
    start += sizeOf(shape);
    return { name: name!, shape, begin: Float32Array.from(begin.subarray(from, start)) };
  });
  return {
    parameters,
    bound: (tensors, random) => {
      if (tensors.length !== parameters.length || tensors.some(({ size }, i) => size !== sizeOf(parameters[i]!.shape)))
        fail(
          'svi/tensorBound',
          'BAD_SHAPE',
          `${tensors.map(({ shape }) => showShape(shape)).join(', ') || 'nothing'} came; ${parameters.map(({ name, shape }) => `${name} ${showShape(shape)}`).join(', ')} were due`,
        );
      const rows = new Map(
        subsets.map(({ index, size }) => [
          index,
          Int32Array.from(sampleWithoutReplacement(random, size, index.shape[0]!)),
        ]),
      );
      return tf.tidy(() => {
        const levels = baselines.map(({ shape }) => tf.zeros([...shape]));
        const scalars = relaxedBy.map(() => tf.scalar(temperature));
        const [made] = program.run([...tensors, ...levels, ...scalars], random, rows);
        return tf.reshape(made!, []) as Scalar;
      });
    },
    dispose: program.dispose,
  };
}
