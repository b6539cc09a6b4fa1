import type { Float64Rows, Tensors } from '@mixtention/attention/learn';
import { lossGradient } from '@mixtention/attention/tensor';
import type { Matrix } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { key } from '@mixtention/core/numeric';
import { type Arrays, adamW, chain, clipByNorm } from '@mixtention/core/optimize';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { type ExampleAttentionSizes, type Examples, exampleAttention } from './example-attention.ts';
import { HALF, type Halves, halvesOf, PIXELS } from './halves.ts';
import type { KernelAttention } from './kernel-attention.ts';
import { lowest } from './lowest.ts';
import type { CompletionModel } from './results.ts';
import { scoreMixture } from './score-mixture.ts';
import type { Setting } from './setting.ts';
import { smoother } from './smooth-images.ts';
import { tensorOf } from './tensor-of.ts';
import { type Recipe, trainModel } from './train-model.ts';

const SIZES: ExampleAttentionSizes = { hidden: 384, width: 64 };
/** Of a minibatch: images to be completed, and others that are their keys */
const [ASKING, ANSWERING] = [256, 4_096];
const START = 1e-3;
const WARM_UP = 100;
const WEIGHT_DECAY = 0.02;
const LONGEST_GRADIENT = 10;
const SEED = 21;
/** In training a query sees a part of all keys: what that is worth with all of them, validation images tell. */
const GRID = { T: [0.7, 0.85, 1, 1.2, 1.45, 1.75], sharpness: [0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5] } as const;
const TOGETHER = 2_000;

/** Attention over all training images with learnt queries, keys and values, trained on the exact loss from kernel attention on. */
export async function learntAttention(
  setting: Setting,
  kernel: KernelAttention,
  minutes: number,
  show: (text: string) => void,
): Promise<CompletionModel> {
  const { train, chosenOn, scoredOn, backend, tf, signal, folder } = setting;
  const logits = logitsOf(smoother(train)(kernel.smoothing));
  const trained = await trainModel(recipe(setting, kernel, logits), { budget: { minutes }, folder, signal, show });
  const begun = performance.now();
  const mixture = components(tf, trained.parameters, train, logits);
  const [choosing, scoring] = [chosenOn, scoredOn].map((halves) => asked(tf, trained.parameters, halves));
  const { point } = await lowest(GRID, { T: 1, sharpness: 1.1 }, async ({ T, sharpness }) => {
    const own = scaled(mixture, T, sharpness);
    const { nats } = await scoreMixture(own, choosing!, { backend, signal, exactOnly: true });
    show(`${nats.toFixed(2)} nats at logit scale ${T}, values ${sharpness} times as sharp`);
    return nats;
  });
  const seconds = trained.seconds + (performance.now() - begun) / 1000;
  const scored = await scoreMixture(scaled(mixture, point.T, point.sharpness), scoring!, { backend, signal });
  return {
    model: 'attention with learnt queries, keys and values',
    keys: train.rows,
    logitScale: point.T,
    ...scored,
    seconds,
  };
}

function recipe({ train, tf, backend }: Setting, kernel: KernelAttention, logits: Float32Array): Recipe {
  const model = exampleAttention(SIZES);
  const sizes = [SIZES, ASKING, ANSWERING, START, WARM_UP, WEIGHT_DECAY, LONGEST_GRADIENT, SEED];
  return {
    name: 'learnt-attention',
    text: JSON.stringify([...sizes, kernel.smoothing, kernel.logitScale, train.rows, backend.name]),
    init: () => model.init(key(SEED), kernel.logitScale),
    gradient: (parameters, rows) =>
      lossGradient(tf, parameters, (own) => {
        const { upper, lower } = halvesOf(train, rows.subarray(0, ASKING));
        const examples = examplesAt(tf, train, logits, rows.subarray(ASKING));
        return tf.mean(model.nats(tf, own, tensorOf(tf, upper), tensorOf(tf, lower), examples)) as Scalar;
      }),
    rows: train.rows,
    batch: ASKING + ANSWERING,
    optimizer: chain(
      [clipByNorm(LONGEST_GRADIENT)],
      adamW({ weightDecay: WEIGHT_DECAY, decays: (name) => name.endsWith('weight') }),
    ),
    learningRate: (steps) => ({ schedule: 'cosine', start: START, steps, warmUp: Math.min(WARM_UP, steps / 4) }),
    seed: SEED,
  };
}

/** All training images as components. */
function components(tf: Tf, parameters: Arrays, train: Matrix, logits: Float32Array): Arrays {
  const model = exampleAttention(SIZES);
  const width = HALF + SIZES.width;
  const all = {
    key: new Float64Array(train.rows * width),
    bias: new Float64Array(train.rows),
    logit: new Float64Array(train.rows * HALF),
  };
  for (let from = 0; from < train.rows; from += TOGETHER)
    tf.tidy(() => {
      const rows = Int32Array.from({ length: Math.min(TOGETHER, train.rows - from) }, (_, i) => from + i);
      const own = model.components(tf, tensorsOf(tf, parameters), examplesAt(tf, train, logits, rows));
      all.key.set(own.key.dataSync(), from * width);
      all.bias.set(own.bias.dataSync(), from);
      all.logit.set(own.logit.dataSync(), from * HALF);
    });
  return all;
}

/** Halves with queries in place of what is seen. */
function asked(tf: Tf, parameters: Arrays, { upper, lower }: Halves): Halves {
  const model = exampleAttention(SIZES);
  const data = tf.tidy(() => model.queries(tf, tensorsOf(tf, parameters), tensorOf(tf, upper)).dataSync());
  return { upper: { data: Float64Array.from(data), rows: upper.rows, cols: HALF + SIZES.width }, lower };
}

function scaled({ key, bias, logit }: Arrays, T: number, sharpness: number): Arrays {
  const times = (x: Float64Array, factor: number): Float64Array => x.map((value) => factor * value);
  return { key: times(key!, T), bias: times(bias!, T), logit: times(logit!, sharpness) };
}

function examplesAt(tf: Tf, train: Matrix, logits: Float32Array, rows: ArrayLike<number>): Examples {
  const taken = (data: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> }): Tensor2D => {
    const own = new Float32Array(rows.length * PIXELS);
    for (let i = 0; i < rows.length; i++)
      own.set(data.subarray(rows[i]! * PIXELS, (rows[i]! + 1) * PIXELS), i * PIXELS);
    return tf.tensor2d(own, [rows.length, PIXELS]);
  };
  return { images: taken(train.data), logits: taken(logits) };
}

function logitsOf({ data }: Float64Rows): Float32Array {
  return Float32Array.from(data, (p) => Math.log(p / (1 - p)));
}

function tensorsOf(tf: Tf, parameters: Arrays): Tensors {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, own]) => [name, tf.tensor1d(Float32Array.from(own))]),
  );
}
