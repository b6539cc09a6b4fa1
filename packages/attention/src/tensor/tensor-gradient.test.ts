import { key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import type * as tfjs from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  attentionLayer,
  crossAttention,
  type Layer,
  layerNorm,
  linear,
  mlp,
  sequence,
  transformerBlock,
} from '../learn/index.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { tensorGradient } from './tensor-gradient.ts';

const random = draws(44);
const x = random.normal(6, 4);

const layers: { readonly [name: string]: Layer } = {
  linear: linear(4, 3),
  'layer norm': layerNorm(4),
  mlp: mlp(4, 7),
  'self-attention of two sequences': attentionLayer({ width: 4, heads: 2, length: 3 }),
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
