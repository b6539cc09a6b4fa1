import { availableBackends } from '@mixtention/core/testing';
import type * as tfjs from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { draws } from '../testing/draws.ts';
import { tensorAttend } from './tensor-attend.ts';

const [H, N, K, d, V] = [3, 6, 5, 4, 2];
const random = draws(71);

describe.each((await availableBackends()).filter((backend) => backend.tf !== null))('the op on $name', (backend) => {
  const tf = backend.tf as typeof tfjs;
  const tensor = (rows: number, cols: number): tfjs.Tensor3D =>
    tf.tensor3d(Float32Array.from(random.normal(H * rows, cols).data), [H, rows, cols]);
  const [q, k, v] = [tensor(N, d), tensor(K, d), tensor(K, V)];
  const bias = tf.tensor1d(Float32Array.from(random.normal(1, K).data));
  const [G, g] = [tensor(N, V), tf.reshape(tensor(N, 1), [H, N])];
  const loss = ({ output, logEvidence }: { output: tfjs.Tensor; logEvidence: tfjs.Tensor }): tfjs.Scalar =>
    tf.add(tf.sum(tf.mul(output, G)), tf.sum(tf.mul(logEvidence, g)));
  const naive = (...[a, b, c, e]: tfjs.Tensor[]): { output: tfjs.Tensor; logEvidence: tfjs.Tensor } => {
    const scores = tf.add(tf.div(tf.matMul(a!, b!, false, true), Math.sqrt(d)), e!);
    return { output: tf.matMul(tf.softmax(scores), c!), logEvidence: tf.logSumExp(scores, -1) };
  };
  const worst = (came: tfjs.Tensor, due: tfjs.Tensor): number => tf.max(tf.abs(tf.sub(came, due))).dataSync()[0]!;

  test('and its gradients by queries, keys, values and bias are those of the ops of a softmax', () => {
    tf.tidy(() => {
      const ours = tensorAttend(tf, q, k, v, { bias });
      const due = naive(q, k, v, bias);
      expect(worst(ours.output, due.output)).toBeLessThan(2e-6);
      expect(worst(ours.logEvidence, due.logEvidence)).toBeLessThan(2e-6);
      const inputs = [q, k, v, bias] as tfjs.Tensor[];
      const came = tf.grads((...[a, b, c, e]) => loss(tensorAttend(tf, a!, b!, c!, { bias: e as tfjs.Tensor1D })))(
        inputs,
      );
      const right = tf.grads((...given) => loss(naive(...given)))(inputs);
      came.forEach((own, i) => {
        expect(worst(own, right[i]!)).toBeLessThan(2e-5);
      });
    });
  });

  test('takes samples of heads, shares keys, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const wide = tf.reshape(tf.concat([q, q], 0), [2, H, N, d]);
      const { output, logEvidence } = tensorAttend(tf, wide, tf.slice(k, 0, 1), tf.slice(v, 0, 1), { mask: 'causal' });
      expect(output.shape).toEqual([2, H, N, V]);
      expect(logEvidence.shape).toEqual([2, H, N]);
      const first = tensorAttend(
        tf,
        tf.squeeze(tf.slice(q, 0, 1), [0]),
        tf.squeeze(tf.slice(k, 0, 1), [0]),
        tf.squeeze(tf.slice(v, 0, 1), [0]),
        { mask: 'causal' },
      );
      expect(first.output.shape).toEqual([N, V]);
      expect(worst(tf.reshape(tf.slice(output, [1, 0, 0, 0], [1, 1, N, V]), [N, V]), first.output)).toBeLessThan(1e-6);
      tf.dispose(tf.grad((x) => tf.sum(tensorAttend(tf, x, k, v).output))(q));
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
