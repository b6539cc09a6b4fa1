import type { Tf } from '@mixtention/core/backends';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { cutSequences, type Sequences } from './heads-of-sequences.ts';

/** What is added to the score of a hidden pair: e to it is 0 in float32. */
const HIDDEN = -1e9;

/** Attention of every head in every sequence by ops of tfjs: scores of all pairs are held, which short sequences can afford. */
export function tensorHeads(tf: Tf, q: Tensor2D, k: Tensor2D, v: Tensor2D, cuts: Sequences): Tensor2D {
  const { heads, causal } = cuts;
  const { sequences, N, K } = cutSequences(q.shape[0], k.shape[0], cuts);
  const width = q.shape[1];
  const split = (x: Tensor2D, length: number): Tensor4D =>
    tf.transpose(tf.reshape(x, [sequences, length, heads, width / heads]), [0, 2, 1, 3]) as Tensor4D;
  const scores = tf.mul(tf.matMul(split(q, N), split(k, K), false, true), 1 / Math.sqrt(width / heads));
  const seen = causal ? tf.add(scores, hiddenPairs(tf, N, K)) : scores;
  const mixed = tf.matMul(tf.softmax(seen) as Tensor4D, split(v, K));
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [sequences * N, width]) as Tensor2D;
}

/** What causal scores are added, `[N, K]`: query n is the token K − N + n. */
export function hiddenPairs(tf: Tf, N: number, K: number): Tensor2D {
  const mask = Float32Array.from({ length: N * K }, (_, i) => (i % K > K - N + Math.floor(i / K) ? HIDDEN : 0));
  return tf.tensor2d(mask, [N, K]);
}
