import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { pivotsOf } from '../kernel/pivots.ts';
import type { Scores, WhitenedScores } from '../types.ts';
import type { Tf } from './tfjs.ts';
import type { TensorTile } from './tfjs-rows.ts';

/** Stands for −∞: finite, so that no NaN arises, and below every score. */
export const MASKED = -1e30;
/** A row whose best score lies below this is owned by nobody. */
export const ORPHAN_BELOW = -1e29;
const WIDTH_MULTIPLE = 8;

/** Scores as tensors, K padded to a width that the products run fast at. */
export type TensorScores = {
  /** K with the padding */
  readonly padded: number;
  /** Width of the widest intermediate of a row: K, or K·D */
  readonly scoreWidth: number;
  /** Points about which moments are summed, as float32 `[1, K, stride]`; null where all are 0. */
  readonly pivots: { readonly values: Float32Array; readonly tensor: Tensor3D } | null;
  score(tile: TensorTile): Tensor2D;
  dispose(): void;
};

/**
 * Uploads a score function.
 *
 * @param stride  padded width of the rows it will meet
 * @param transposedIsSlow  wasm: turn the keys once instead of asking for a transposed product
 */
export function tensorScores(tf: Tf, scores: Scores, stride: number, transposedIsSlow: boolean): TensorScores {
  return scores.form === 'linear'
    ? linear(tf, scores, stride, transposedIsSlow)
    : whitened(tf, scores, stride, transposedIsSlow);
}

function linear(tf: Tf, scores: Scores & { form: 'linear' }, stride: number, turn: boolean): TensorScores {
  const { components: K, width: P } = scores;
  const padded = Math.ceil(K / WIDTH_MULTIPLE) * WIDTH_MULTIPLE;
  const keys = new Float32Array(padded * stride);
  for (let k = 0; k < K; k++) keys.set(scores.natural.subarray(k * P, (k + 1) * P), k * stride);
  const right = rightSide(tf, keys, padded, stride, turn);
  const bias = tf.keep(tf.tensor1d(paddedBias(scores.bias, padded)));
  return {
    padded,
    scoreWidth: padded,
    pivots: null,
    score: ({ x }) => tf.add(tf.matMul(x, right, false, !turn), bias),
    dispose: () => tf.dispose([right, bias]),
  };
}

function whitened(tf: Tf, scores: Scores & { form: 'whitened' }, stride: number, turn: boolean): TensorScores {
  const { components: K, width: D } = scores;
  const multiple = 8 / greatestCommonDivisor(8, D);
  const padded = Math.ceil(K / multiple) * multiple;
  // ½ is folded into the factor: b − ‖√½(Wx − c)‖².
  const root = Math.SQRT1_2;
  const factors = new Float32Array(padded * D * stride);
  for (let row = 0; row < K * D; row++) {
    for (let j = 0; j < D; j++) factors[row * stride + j] = root * scores.whitening[row * D + j]!;
  }
  const offsets = new Float32Array(padded * D);
  for (let i = 0; i < K * D; i++) offsets[i] = root * scores.offset[i]!;
  const right = rightSide(tf, factors, padded * D, stride, turn);
  const offset = tf.keep(tf.tensor1d(offsets)) as Tensor1D;
  const bias = tf.keep(tf.tensor1d(paddedBias(scores.bias, padded)));
  const values = paddedPivots(scores, padded, stride);
  const pivots = values && { values, tensor: tf.keep(tf.tensor3d(values, [1, padded, stride])) };
  return {
    padded,
    scoreWidth: padded * D,
    pivots,
    score: ({ x, count }) => {
      const away = tf.squaredDifference(tf.matMul(x, right, false, !turn), offset); // [B, K·D]
      const square = tf.reshape(tf.sum(tf.reshape(away, [count * padded, D]), 1), [count, padded]);
      return tf.sub(bias, square);
    },
    dispose: () => tf.dispose(pivots === null ? [right, offset, bias] : [right, offset, bias, pivots.tensor]),
  };
}

/** Pivots in float32, as wide as rows. */
function paddedPivots(scores: WhitenedScores, padded: number, stride: number): Float32Array | null {
  const pivots = pivotsOf(scores);
  if (pivots === null) return null;
  const { components: K, width: D } = scores;
  const wide = new Float32Array(padded * stride);
  for (let k = 0; k < K; k++) wide.set(pivots.subarray(k * D, (k + 1) * D), k * stride);
  return wide;
}

function rightSide(tf: Tf, data: Float32Array, rows: number, cols: number, turn: boolean): Tensor2D {
  const upright = tf.tensor2d(data, [rows, cols]);
  if (!turn) return tf.keep(upright);
  const turned = tf.keep(tf.transpose(upright));
  upright.dispose();
  return turned;
}

function paddedBias(bias: Float64Array, padded: number): Float32Array {
  const values = new Float32Array(padded).fill(MASKED);
  for (let k = 0; k < bias.length; k++) values[k] = Math.max(MASKED, bias[k]!);
  return values;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
