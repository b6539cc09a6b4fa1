import type { Float64Rows } from '@mixtention/attention/learn';
import { tensorGradient } from '@mixtention/attention/tensor';
import type { Matrix } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { key } from '@mixtention/core/numeric';
import { adamW, chain, clipByNorm } from '@mixtention/core/optimize';
import type { Scalar } from '@tensorflow/tfjs-core';
import { tensorNats } from './bernoulli-nats.ts';
import { type RowModelSizes, rowModel } from './row-model.ts';
import type { Recipe } from './train-model.ts';

/** Sizes were never tuned on test images. */
export const ROW_MODEL: RowModelSizes = { length: 28, pixels: 28, width: 160, heads: 4, blocks: 3, hidden: 256 };

const BATCH = 128;
/** Rate and decay are the best of a few by the loss of 250 steps on images that a step had not seen. */
const START = 2.5e-3;
const SQUARE_DECAY = 0.99;
const WARM_UP = 200;
const WEIGHT_DECAY = 0.02;
const LONGEST_GRADIENT = 1;
const SEED = 12;

/** Causal self-attention over the rows of digits, trained on whole images. */
export function jointRecipe(train: Matrix, tf: Tf, backend: string): Recipe {
  const layer = rowModel(ROW_MODEL);
  return {
    name: 'rows',
    text: JSON.stringify([ROW_MODEL, BATCH, START, SQUARE_DECAY, WARM_UP, WEIGHT_DECAY, SEED, train.rows, backend]),
    init: () => layer.init(key(SEED)),
    gradient: (parameters, rows) => {
      const own = pixelRows(train, rows, ROW_MODEL.pixels);
      return tensorGradient(tf, layer, parameters, own, (logits) => {
        const y = tf.tensor2d(Float32Array.from(own.data), [own.rows, own.cols]);
        return tf.div(tf.sum(tensorNats(tf, logits, y)), rows.length) as Scalar;
      });
    },
    rows: train.rows,
    batch: BATCH,
    optimizer: chain(
      [clipByNorm(LONGEST_GRADIENT)],
      adamW({ weightDecay: WEIGHT_DECAY, squareDecay: SQUARE_DECAY, decays: (name) => name.endsWith('weight') }),
    ),
    learningRate: (steps) => ({ schedule: 'cosine', start: START, steps, warmUp: Math.min(WARM_UP, steps / 4) }),
    seed: SEED,
  };
}

/** Images as tokens: the rows of each, one image below the other. */
export function pixelRows(images: Matrix, rows: ArrayLike<number>, pixels: number): Float64Rows {
  const { data, cols } = images;
  const own = new Float64Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++) own.set(data.subarray(rows[i]! * cols, (rows[i]! + 1) * cols), i * cols);
  return { data: own, rows: own.length / pixels, cols: pixels };
}
