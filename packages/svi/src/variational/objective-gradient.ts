import type { Key, Matrix } from '@mixtention/core';
import { generator, split } from '@mixtention/core/numeric';
import type { Arrays } from '@mixtention/core/optimize';
import { tensorOps } from '@mixtention/core/tensor';
import type * as TF from '@tensorflow/tfjs-core';
import { gumbelNoise } from '../gumbel/gumbel-noise.ts';
import { drawNoise } from './draw-noise.ts';
import { guideShapes, type MixtureGuide, type Noise } from './guide.ts';
import { type GuideTensors, masksOf, noiseTensors } from './tensor-draws.ts';
import { type Assignments, type ObjectiveInput, tensorObjective } from './tensor-objective.ts';

/** `exact` sums assignments out; `relaxed` and `straight-through` draw them by Gumbel-softmax. */
export type AssignmentMode = 'exact' | 'relaxed' | 'straight-through';

/** What rows add to the objective and its gradient, all of it plain. */
export type GradientInput = {
  readonly guide: MixtureGuide;
  readonly components: number;
  readonly width: number;
  /** Noise of the S draws of θ, the same in every shard of a step. */
  readonly noise: Noise;
  /** T(x), `[B, D + D²]` */
  readonly statistics: Matrix;
  /** w `[B]`; null is 1 */
  readonly rowWeights: Float64Array | null;
  /** Of each row in the data set `[B]`: its noise is its own, wherever it is collected. */
  readonly numbers: Int32Array;
  readonly mode: AssignmentMode;
  readonly temperature: number;
  /** Key of the Gumbel noise of the step. */
  readonly key: Key;
};

/**
 * What some rows add to the objective, and its gradient by the guide, by automatic differentiation on a tfjs backend.
 *
 * Leaves no tensor behind.
 */
export function objectiveGradient(
  tf: typeof TF,
  input: GradientInput,
): { readonly value: number; readonly gradient: Arrays } {
  const names = Object.keys(input.guide);
  const shapes = guideShapes(input.components, input.width);
  // Binding the ops also registers the gradients of all ordinary ones.
  tensorOps(tf);
  let value = Number.NaN;
  let gradient: Arrays = {};
  tf.tidy(() => {
    const leaves = names.map((name) => tf.tensor(Float32Array.from(input.guide[name]!), shapes[name]!));
    const given = tensorInput(tf, input);
    const named = (tensors: readonly TF.Tensor[]): GuideTensors =>
      Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const result = tf.valueAndGrads((...tensors: TF.Tensor[]) => tensorObjective(given, named(tensors)))(leaves);
    value = result.value.dataSync()[0]!;
    gradient = Object.fromEntries(names.map((name, i) => [name, Float64Array.from(result.grads[i]!.dataSync())]));
  });
  return { value, gradient };
}

function tensorInput(tf: typeof TF, input: GradientInput): ObjectiveInput {
  const { components, width, noise } = input;
  const { statistics, rowWeights } = atLeastOneRow(input);
  return {
    tf,
    components,
    width,
    masks: masksOf(tf, components, width),
    noise: noiseTensors(tf, noise, components, width),
    statistics: tf.tensor2d(Float32Array.from(statistics.data), [statistics.rows, statistics.cols]),
    rowWeights: rowWeights === null ? null : tf.tensor2d(Float32Array.from(rowWeights), [statistics.rows, 1]),
    assignments: assignmentsOf(tf, input, statistics.rows),
  };
}

/** An empty shard stands as one row of weight 0, since the backends have no products of empty tensors. */
function atLeastOneRow({ statistics, rowWeights }: GradientInput): Pick<GradientInput, 'statistics' | 'rowWeights'> {
  if (statistics.rows > 0) return { statistics, rowWeights };
  const { cols } = statistics;
  return { statistics: { data: new Float32Array(cols), rows: 1, cols }, rowWeights: new Float64Array(1) };
}

function assignmentsOf(
  tf: typeof TF,
  { mode, key, temperature, components, numbers }: GradientInput,
  rows: number,
): Assignments {
  if (mode === 'exact') return { mode };
  const noise = new Float32Array(rows * components);
  numbers.forEach((n, i) => {
    noise.set(gumbelNoise(generator(split(key, 'gumbel', n)), components), i * components);
  });
  return { mode, temperature, noise: tf.tensor2d(noise, [rows, components]) };
}

/** Noise of a step, of its own key: the same for every shard. */
export function stepNoise(key: Key, step: number, draws: number, components: number, width: number): Noise {
  return drawNoise(generator(split(key, 'draws', step)), draws, components, width);
}
