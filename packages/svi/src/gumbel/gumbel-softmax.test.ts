import '@tensorflow/tfjs-backend-wasm';
import { generator, key } from '@mixtention/core/numeric';
import { tensorOps } from '@mixtention/core/tensor';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { gumbelNoise } from './gumbel-noise.ts';
import { gumbelSoftmax } from './gumbel-softmax.ts';
import { straightThrough } from './straight-through.ts';

const draws = 20_000;
const weights = [0.2, 0.5, 0.3];
const values = [1, -2, 4];

beforeAll(async () => {
  await tf.setBackend('wasm');
  // tfjs-core alone knows no gradients.
  tensorOps(tf);
});

type Moments = { readonly mean: number; readonly error: number; readonly variance: number };

function moments(sample: ArrayLike<number>, stride = 1, offset = 0): Moments {
  const taken = Array.from(sample).filter((_, i) => i % stride === offset);
  const mean = taken.reduce((a, b) => a + b, 0) / taken.length;
  const variance = taken.reduce((a, b) => a + (b - mean) ** 2, 0) / (taken.length - 1);
  return { mean, variance, error: Math.sqrt(variance / taken.length) };
}

type Relax = (y: tf.Tensor2D) => tf.Tensor2D;

/** Relaxed draws, and the gradient of Σ values·y with respect to the first logit of each row. */
function study(temperature: number, relax: Relax = (y) => y): { draw: Moments[]; gradient: Moments } {
  const noise = tf.tensor2d(gumbelNoise(generator(key(8)), draws * 3), [draws, 3]);
  const logits = tf.tile(tf.tensor2d([weights.map(Math.log)]), [draws, 1]);
  const sample = (l: tf.Tensor): tf.Tensor2D => relax(gumbelSoftmax(tf, l as tf.Tensor2D, noise, temperature));
  const y = sample(logits).dataSync();
  const gradient = tf
    .grad((l) => tf.sum(tf.mul(sample(l), tf.tensor1d(values))))(logits)
    .dataSync();
  return { draw: weights.map((_, k) => moments(y, 3, k)), gradient: moments(gradient, 3, 0) };
}

const expectedValue = weights.reduce((sum, w, k) => sum + w * values[k]!, 0);
const exactGradient = weights[0]! * (values[0]! - expectedValue);

test('rows of relaxed draws are positive and sum to one', () => {
  const y = gumbelSoftmax(
    tf,
    tf.tensor2d([
      [0, 3],
      [1, 1],
    ]),
    tf.tensor2d([
      [0.1, -1],
      [2, 0.5],
    ]),
    0.4,
  );
  for (const sum of tf.sum(y, 1).dataSync()) expect(sum).toBeCloseTo(1, 6);
  for (const value of y.dataSync()) expect(value).toBeGreaterThan(0);
});

test('the mean of relaxed draws tends to the softmax as the temperature falls, and is off it at high temperature', () => {
  const bias = [2, 1, 0.5, 0.3, 0.1].map((t) =>
    Math.max(...study(t).draw.map(({ mean }, k) => Math.abs(mean - weights[k]!))),
  );
  for (let i = 1; i < bias.length; i++) expect(bias[i]!).toBeLessThan(bias[i - 1]!);
  expect(bias[0]!).toBeGreaterThan(0.05);
  study(0.1).draw.forEach(({ mean, error }, k) => {
    expect(Math.abs(mean - weights[k]!)).toBeLessThan(4 * error + 0.003);
  });
});

test('the variance of the relaxed gradient grows as the temperature falls, while its bias vanishes', () => {
  const studies = [2, 1, 0.5, 0.3, 0.1].map((t) => study(t).gradient);
  for (let i = 1; i < studies.length; i++) expect(studies[i]!.variance).toBeGreaterThan(studies[i - 1]!.variance);
  const { mean, error } = studies.at(-1)!;
  expect(Math.abs(mean - exactGradient)).toBeLessThan(4 * error + 0.01);
  expect(Math.abs(studies[0]!.mean - exactGradient)).toBeGreaterThan(4 * studies[0]!.error);
});

test('straight-through draws are one-hot, come up as often as the softmax says, and carry the relaxed gradient', () => {
  const hard = study(0.5, (y) => straightThrough(tf, y));
  hard.draw.forEach(({ mean, variance, error }, k) => {
    expect(Math.abs(mean - weights[k]!)).toBeLessThan(4 * error);
    expect(variance).toBeCloseTo(mean * (1 - mean), 3);
  });
  expect(hard.gradient.mean).toBeCloseTo(study(0.5).gradient.mean, 5);
});

test('straight-through draws of one component are ones', () => {
  const y = tf.tensor2d([1, 1, 1], [3, 1]);
  expect([...straightThrough(tf, y).dataSync()]).toEqual([1, 1, 1]);
  expect([
    ...tf
      .grad((t) => tf.sum(straightThrough(tf, t as tf.Tensor2D)))(y)
      .dataSync(),
  ]).toEqual([1, 1, 1]);
});
