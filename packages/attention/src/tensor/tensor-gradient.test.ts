import { key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import type * as tfjs from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  attentionLayer,
  crossAttention,
  gaussianKeyAttention,
  type Layer,
  layerNorm,
  learntPositions,
  linear,
  maskedAutoregressive,
  mixtureAttention,
  mlp,
  retrieval,
  sequence,
  transformerBlock,
} from '../learn/index.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { lossGradient } from './loss-gradient.ts';
import { tensorGradient } from './tensor-gradient.ts';

const random = draws(44);
const x = random.normal(6, 4);

const layers: { readonly [name: string]: Layer } = {
  linear: linear(4, 3),
  'layer norm': layerNorm(4),
  mlp: mlp(4, 7),
  'mlp with relu': mlp(4, 7, 3, 'relu'),
  'learnt positions': learntPositions(3, 4),
  'self-attention of two sequences': attentionLayer({ width: 4, heads: 2, length: 3 }),
  'attention over keys of three Gaussians': gaussianKeyAttention({ width: 4, heads: 2, gaussians: 3, length: 3 }),
  'causal attention over keys of two Gaussians, by distance': gaussianKeyAttention({
    ...{ width: 4, heads: 2, gaussians: 2, length: 3, causal: true, distances: true },
  }),
  'retrieval of patterns': retrieval({ width: 4, patterns: 5 }),
  'half steps of EM': retrieval({ width: 4, patterns: 3, gaussian: true, step: 0.5, scale: 0.3, iterations: 4 }),
  'two causal blocks and a map': sequence({
    first: transformerBlock({ width: 4, heads: 2, length: 3, causal: true }),
    second: transformerBlock({ width: 4, heads: 1, causal: true }),
    map: linear(4, 2),
  }),
};

describe.each((await availableBackends()).filter((backend) => backend.tf !== null))(
  'layers by ops of $name',
  (backend) => {
    const tf = backend.tf as typeof tfjs;

    test.each(Object.entries(layers))('have the loss and the gradients of plain float64: %s', (_, layer) => {
      const parameters = layer.init(key(2));
      const { output, pullback } = layer.apply(parameters, x);
      const G = random.normal(output.rows, output.cols);
      const upstream = tf.tensor2d(Float32Array.from(G.data), [G.rows, G.cols]);
      const before = tf.memory().numTensors;
      const { loss, gradient } = tensorGradient(tf, layer, parameters, x, (own) => tf.sum(tf.mul(own, upstream)));
      expect(tf.memory().numTensors).toBe(before);
      expect(loss).toBeCloseTo(
        output.data.reduce((sum, o, i) => sum + o * G.data[i]!, 0),
        4,
      );
      for (const [name, due] of Object.entries(pullback(G).parameters))
        expect(difference(gradient[name]!, due)).toBeLessThan(1e-4);
    });

    test('a masked autoregressive layer, which takes two sets of rows, has those of plain float64 too', () => {
      const layer = maskedAutoregressive({ width: 5, context: 4, hidden: 11 });
      const parameters = layer.init(key(3));
      const input = { rows: random.normal(6, 5), context: x };
      const { output, pullback } = layer.apply(parameters, input);
      const G = random.normal(6, 5);
      const upstream = tf.tensor2d(Float32Array.from(G.data), [6, 5]);
      const { loss, gradient } = tensorGradient(tf, layer, parameters, input, (own) => tf.sum(tf.mul(own, upstream)));
      const due = output.data.reduce((sum, o, i) => sum + o * G.data[i]!, 0);
      expect(loss).toBeCloseTo(due, 4);
      for (const [name, own] of Object.entries(pullback(G).parameters))
        expect(difference(gradient[name]!, own)).toBeLessThan(1e-4);
    });

    test('the exact loss of a mixture, whose parts may come of layers, has those of plain float64', () => {
      const layer = mixtureAttention({ width: 4, keys: 7, values: 5 });
      const parameters = layer.init(key(6));
      const y = { data: Float64Array.from(draws(9).bits(6 * 5)), rows: 6, cols: 5 };
      const { loss, pullback } = layer.marginalLoss(parameters, x, y);
      const ours = lossGradient(tf, parameters, (own) => {
        const mixture = {
          key: tf.reshape(own.key!, [7, 4]) as tfjs.Tensor2D,
          bias: own.bias as tfjs.Tensor1D,
          logit: tf.reshape(own.logit!, [7, 5]) as tfjs.Tensor2D,
        };
        const [queries, values] = [x, y].map((m) => tf.tensor2d(Float32Array.from(m.data), [m.rows, m.cols]));
        return tf.mean(layer.marginalTensors(tf, mixture, queries!, values!)) as tfjs.Scalar;
      });
      expect(ours.loss).toBeCloseTo(loss, 5);
      for (const [name, due] of Object.entries(pullback().parameters))
        expect(difference(ours.gradient[name]!, due)).toBeLessThan(1e-4);
    });

    test('cross-attention by ops is that of the kernel', () => {
      const layer = crossAttention({ width: 4, heads: 2, length: 3, keyLength: 2 });
      const parameters = layer.init(key(2));
      const input = { queries: x, keys: random.normal(4, 4) };
      const due = layer.apply(parameters, input).output;
      const came = tf.tidy(() => {
        const tensors = Object.fromEntries(
          Object.entries(parameters).map(([name, own]) => [name, tf.tensor1d(Float32Array.from(own))]),
        );
        const rows = (m: typeof x): tfjs.Tensor2D => tf.tensor2d(Float32Array.from(m.data), [m.rows, m.cols]);
        return layer.tensors(tf, tensors, { queries: rows(input.queries), keys: rows(input.keys) }).dataSync();
      });
      expect(difference(came, due.data)).toBeLessThan(1e-5);
    });
  },
);
