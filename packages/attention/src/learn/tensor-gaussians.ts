import type { Tf } from '@mixtention/core/backends';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { cutSequences, type Sequences } from './heads-of-sequences.ts';
import { hiddenPairs } from './tensor-heads.ts';

type Gaussians = {
  readonly gaussians: number;
  readonly distances: boolean;
  readonly logPrecision: Tensor;
  readonly logWeight: Tensor;
};

/** `attendGaussians` by ops of tfjs: scores of all pairs are held. */
export function tensorGaussians(
  tf: Tf,
  q: Tensor2D,
  k: Tensor2D,
  v: Tensor2D,
  { gaussians: M, distances, logPrecision, logWeight }: Gaussians,
  cuts: Sequences,
): Tensor2D {
  const { heads, causal } = cuts;
  const { sequences, N, K } = cutSequences(q.shape[0], k.shape[0], cuts);
  const d = q.shape[1] / heads;
  const queries = tf.transpose(tf.reshape(q, [sequences, N, heads, d]), [0, 2, 1, 3]) as Tensor4D;
  // Of a head one Gaussian after another, token by token.
  const cells = tf.transpose(tf.reshape(k, [sequences * K, heads, M, d]), [1, 2, 0, 3]);
  const means = tf.reshape(tf.transpose(tf.reshape(cells, [heads * M, sequences, K, d]), [1, 0, 2, 3]), [
    sequences,
    heads,
    M * K,
    d,
  ]) as Tensor4D;
  const values = tf.transpose(tf.reshape(v, [sequences, K, heads, d]), [0, 2, 1, 3]) as Tensor4D;
  const squares = (x: Tensor, axis: number): Tensor => tf.mul(tf.sum(tf.mul(x, x), axis, true), 0.5);
  const products = tf.sub(tf.matMul(queries, means, false, true), squares(queries, 3));
  const lengths = tf.transpose(squares(means, 3), [0, 1, 3, 2]);
  const near = tf.reshape(distances ? tf.sub(products, lengths) : products, [sequences, heads, N, M, K]);
  const each = (x: Tensor): Tensor => tf.reshape(x, [1, heads, 1, M, 1]);
  const prior = tf.add(tf.mul(logPrecision, d / 2), logWeight);
  const scores = tf.add(tf.mul(near, each(tf.exp(logPrecision))), each(prior));
  const seen = causal ? tf.add(scores, tf.reshape(hiddenPairs(tf, N, K), [1, 1, N, 1, K])) : scores;
  const rows = tf.reshape(tf.softmax(tf.reshape(seen, [sequences, heads, N, M * K])), [sequences, heads, N, M, K]);
  const mixed = tf.matMul(tf.sum(rows, 3) as Tensor4D, values);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [sequences * N, heads * d]) as Tensor2D;
}
