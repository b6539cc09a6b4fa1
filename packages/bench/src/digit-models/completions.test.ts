import { complete, observedColumns } from '@mixtention/attention';
import { lossGradient } from '@mixtention/attention/tensor';
import { plain } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { bernoulli, MixtureModel } from '@mixtention/mixture';
import type * as tfjs from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { bernoulliKeys } from './bernoulli-keys.ts';
import { exampleAttention } from './example-attention.ts';
import { HALF, halvesOf, PIXELS } from './halves.ts';
import { scoreMixture } from './score-mixture.ts';
import { smoother } from './smooth-images.ts';

const random = generator(key(8));
const images = {
  data: Float64Array.from({ length: 6 * PIXELS }, (_, i) => (random.uniform() < 0.5 + 0.4 * Math.sin(i / 40) ? 1 : 0)),
  rows: 6,
  cols: PIXELS,
};
const unseen = {
  ...images,
  data: images.data.map((x) => (random.uniform() < 0.1 ? 1 - x : x)),
};
const means = smoother(images)({ own: 0.4, common: 0.1 });
const logWeights = Float64Array.of(0.1, 0.2, 0.3, 0.15, 0.15, 0.1).map(Math.log);
const signal = new AbortController().signal;

test('smoothed images are what the formula says, and never sure', () => {
  const at = 2 * PIXELS + 5 * 28 + 9;
  const near = [-29, -28, -27, -1, 0, 1, 27, 28, 29].reduce((sum, by) => sum + images.data[at + by]!, 0) / 9;
  let common = 0.5;
  for (let n = 0; n < 6; n++) common += images.data[n * PIXELS + 5 * 28 + 9]!;
  expect(means.data[at]).toBeCloseTo(0.9 * (0.4 * images.data[at]! + 0.6 * near) + (0.1 * common) / 7, 6);
  expect(means.data.every((p) => p > 0 && p < 1)).toBe(true);
});

test.each([1, 0.1])('attention over a mixture completes as the mixture does, at logit scale %s', async (logitScale) => {
  const params = { width: PIXELS, probabilities: means.data };
  const model = new MixtureModel({ family: bernoulli, params, logWeights });
  const due = complete(model, unseen, observedColumns(PIXELS, 0, HALF), { truth: unseen, logitScale });
  const mean = (logs: Float64Array): number => -logs.reduce((sum, own) => sum + own, 0) / logs.length;
  const parameters = bernoulliKeys(means, logWeights, logitScale);
  const ours = await scoreMixture(parameters, halvesOf(unseen), { backend: plain, signal });
  expect(ours.nats).toBeCloseTo(mean(due.jointLogProbability!), 8);
  expect(ours.marginalNats).toBeCloseTo(mean(due.marginalLogProbability!), 8);
});

describe.each((await availableBackends()).filter(({ tf }) => tf !== null))('on $name', ({ tf: own }) => {
  const tf = own as typeof tfjs;

  test('learnt attention whose maps tell nothing is kernel attention, and every parameter has a gradient', async () => {
    const model = exampleAttention({ hidden: 8, width: 3 });
    const logitScale = 0.1;
    const begun = model.init(key(1), logitScale);
    const silent = Object.fromEntries(
      Object.entries(begun).map(([name, own]) => [name, /\.out\./.test(name) ? own.map(() => 0) : own]),
    );
    const rows = (data: ArrayLike<number>, cols: number): tfjs.Tensor2D =>
      tf.tensor2d(Float32Array.from(data), [data.length / cols, cols]);
    const { upper, lower } = halvesOf(unseen);
    const logits = means.data.map((p) => Math.log(p / (1 - p)));
    const lossOf = (parameters: typeof begun) =>
      lossGradient(tf, parameters, (tensors) => {
        const examples = { images: rows(images.data, PIXELS), logits: rows(logits, PIXELS) };
        const nats = model.nats(tf, tensors, rows(upper.data, HALF), rows(lower.data, HALF), examples);
        return tf.mean(nats) as tfjs.Scalar;
      });
    const equal = new Float64Array(6).fill(Math.log(1 / 6));
    const due = await scoreMixture(
      bernoulliKeys(means, equal, logitScale),
      { upper, lower },
      { backend: plain, signal },
    );
    expect(lossOf(silent).loss).toBeCloseTo(due.nats, 3);
    for (const own of Object.values(lossOf(begun).gradient)) expect(own.some((g) => g !== 0)).toBe(true);
  });
});
