import type * as tfjs from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { identity } from '../kernel/index.ts';
import { generator, key } from '../numeric/random/index.ts';
import { availableTensorBackends } from '../testing/index.ts';

const [N, K, C, V] = [6, 5, 3, 2];
const random = generator(key(31));
const normals = (count: number): Float64Array =>
  Float64Array.from({ length: count }, () => Math.fround(random.normal()));

describe.each(await availableTensorBackends())('backward on $name', (backend) => {
  it('equals what automatic differentiation of a naive attention gives', () => {
    const tf = backend.tf as typeof tfjs;
    const [x, natural, bias, v] = [normals(N * C), normals(K * C), normals(K), normals(K * V)];
    const output = { data: normals(N * V), rows: N, cols: V };
    const logEvidence = normals(N);
    const values = { data: v, rows: K, cols: V };
    const term = { form: 'linear', statistics: identity.none, columns: null, width: C, natural } as const;
    const scores = { components: K, bias, terms: [term] };
    const rows = [backend.take({ data: x, rows: N, cols: C, stride: C })];
    const reading = backend.read(rows, scores, values);
    const ours = backend.backward(rows, scores, values, { reading, gradient: { output, logEvidence } });
    for (const own of rows) backend.release(own);

    const loss = (q: tfjs.Tensor, h: tfjs.Tensor, b: tfjs.Tensor, w: tfjs.Tensor): tfjs.Scalar => {
      const L = tf.add(tf.matMul(q as tfjs.Tensor2D, h as tfjs.Tensor2D, false, true), b);
      const mean = tf.matMul(tf.softmax(L) as tfjs.Tensor2D, w as tfjs.Tensor2D);
      const ofOutput = tf.sum(tf.mul(mean, tf.tensor2d(Float32Array.from(output.data), [N, V])));
      return tf.add(ofOutput, tf.sum(tf.mul(tf.logSumExp(L, 1), tf.tensor1d(Float32Array.from(logEvidence)))));
    };
    const due = tf.tidy(() =>
      tf
        .grads(loss)([
          tf.tensor2d(Float32Array.from(x), [N, C]),
          tf.tensor2d(Float32Array.from(natural), [K, C]),
          tf.tensor1d(Float32Array.from(bias)),
          tf.tensor2d(Float32Array.from(v), [K, V]),
        ])
        .map((gradient) => gradient.dataSync()),
    );
    const came = [ours.queries[0]!.data, ours.natural[0]!, ours.bias, ours.values.data];
    came.forEach((own, i) => {
      own.forEach((value, j) => {
        expect(Math.abs(value - due[i]![j]!)).toBeLessThan(2e-6);
      });
    });
  });
});
