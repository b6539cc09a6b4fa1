import { mixtureAttention } from '@mixtention/attention/learn';
import { lossGradient } from '@mixtention/attention/tensor';
import { inline, type Matrix } from '@mixtention/core';
import { key } from '@mixtention/core/numeric';
import { type Arrays, adam } from '@mixtention/core/optimize';
import { bernoulli } from '@mixtention/mixture';
import { startMixture } from '@mixtention/mixture/starts';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bernoulliKeys } from './bernoulli-keys.ts';
import { dictionary } from './dictionary.ts';
import { HALF, halvesOf, PIXELS } from './halves.ts';
import type { FittedOrTrained } from './results.ts';
import { scoreMixture } from './score-mixture.ts';
import type { Setting } from './setting.ts';
import { tensorOf } from './tensor-of.ts';
import { type Recipe, trainModel } from './train-model.ts';

/** Where training begins: at numbers drawn at random, or as EM does, at images drawn at random, scores times 1/√d, which is what attention begins with. */
export type Beginning = 'numbers' | 'images';

export type FromScratchOptions = {
  /** K, for EM and for training */
  readonly keys: number;
  /** Times that training goes through all training images */
  readonly epochs: number;
  readonly beginnings: readonly Beginning[];
};

const BATCH = 250;
/** With 100 keys, of 0.02, 0.05, 0.1, 0.2 and 0.3 the one with the lowest nats on validation images after four epochs and fewer. */
const START = 0.2;
const WARM_UP = 100;
const SEED = 5;

/**
 * Attention whose keys, log weights and values begin at random and are trained by gradients on the exact loss of completing lower halves, beside a dictionary of as many keys by EM: equal
 * backend, threads and images. EM fits whole images and asks Bayes' theorem for the halves; training is told the question. Test images are scored once.
 */
export async function fromScratch(
  setting: Setting,
  { keys, epochs, beginnings }: FromScratchOptions,
  show: (text: string) => void,
): Promise<FittedOrTrained[]> {
  const executor = inline(setting.backend);
  try {
    const models = await dictionary(setting, { keys, executor }, show);
    for (const beginning of beginnings) models.push(await trainedLayer(setting, { keys, epochs, beginning }, show));
    return models;
  } finally {
    await executor.close();
  }
}

async function trainedLayer(
  setting: Setting,
  { keys, epochs, beginning }: { readonly keys: number; readonly epochs: number; readonly beginning: Beginning },
  show: (text: string) => void,
): Promise<FittedOrTrained> {
  const { train, scoredOn, backend, signal, folder } = setting;
  const steps = epochs * Math.floor(train.rows / BATCH);
  const { parameters, seconds, cpuSeconds } = await trainModel(recipe(setting, keys, beginning), {
    budget: { steps },
    folder,
    signal,
    show: (text) => show(`${keys} keys from random ${beginning}: ${text}`),
  });
  const scored = await scoreMixture(parameters, scoredOn, { backend, signal });
  const model = `a layer trained from random ${beginning}`;
  return { model, keys, logitScale: 1, ...scored, passes: epochs, seconds, cpuSeconds };
}

function recipe({ train, tf, backend }: Setting, keys: number, beginning: Beginning): Recipe {
  const layer = mixtureAttention({ width: HALF, keys, values: HALF });
  return {
    name: `from-random-${beginning}-${keys}`,
    text: JSON.stringify([keys, beginning, BATCH, START, WARM_UP, SEED, train.rows, backend.name]),
    init: () => (beginning === 'numbers' ? layer.init(key(SEED)) : randomImages(train, keys)),
    gradient: (parameters, rows) =>
      lossGradient(tf, parameters, (own) => {
        const { upper, lower } = halvesOf(train, rows);
        const mixture = {
          key: tf.reshape(own.key!, [keys, HALF]) as Tensor2D,
          bias: own.bias as Tensor1D,
          logit: tf.reshape(own.logit!, [keys, HALF]) as Tensor2D,
        };
        return tf.mean(layer.marginalTensors(tf, mixture, tensorOf(tf, upper), tensorOf(tf, lower))) as Scalar;
      }),
    rows: train.rows,
    batch: BATCH,
    optimizer: adam(),
    learningRate: (steps) => ({ schedule: 'cosine', start: START, steps, warmUp: Math.min(WARM_UP, steps / 4) }),
    seed: SEED,
  };
}

/** The mixture that EM would begin with, as attention. */
function randomImages(train: Matrix, keys: number): Arrays {
  const { params, logWeights } = startMixture(
    { family: bernoulli, components: keys, start: 'random' },
    key(SEED),
    train,
  );
  const { probabilities } = params as { readonly probabilities: Float64Array };
  return bernoulliKeys({ data: probabilities, rows: keys, cols: PIXELS }, logWeights, 1 / Math.sqrt(HALF));
}
