import type { Backend } from '@mixtention/core';
import { fusedBackend } from '@mixtention/core/fused';
import { key } from '@mixtention/core/numeric';
import { adamW, addArrays, chain, clipByNorm } from '@mixtention/core/optimize';
import { availableBackends } from '@mixtention/core/testing';
import type * as tfjs from '@tensorflow/tfjs-core';
import { bench, describe } from 'vitest';
import { tensorGradient } from '../tensor/tensor-gradient.ts';
import { draws } from '../testing/draws.ts';
import { linear, sequence, transformerBlock } from './index.ts';

/** Sequences of 28 tokens of 28 numbers: digits row by row, a small minibatch. */
const [LENGTH, WIDTH] = [28, 160];
const SAMPLES = Number(process.env.SAMPLES ?? 4);
const block = () => transformerBlock({ width: WIDTH, heads: 4, length: LENGTH, causal: true });
const model = sequence({
  in: linear(LENGTH, WIDTH),
  ...{ first: block(), second: block(), third: block() },
  out: linear(WIDTH, LENGTH),
});
const parameters = model.init(key(1));
const input = draws(2).normal(SAMPLES * LENGTH, LENGTH);
const rule = chain([clipByNorm(1)], adamW());
const state = rule.init(parameters);
const step = (gradient: typeof parameters): void => {
  addArrays(parameters, rule.update(gradient, state, 1e-3, parameters).updates);
};

/** Steps of each, after one that does not count: V8 still compiles. */
const times = { time: 0, iterations: 3, warmupTime: 0, warmupIterations: 1 };

describe(`a training step of three blocks, 0.94 M parameters, ${SAMPLES * LENGTH} tokens`, async () => {
  const fused: Backend = fusedBackend();
  bench(
    'our kernel, float32, one thread',
    () => {
      const { output, pullback } = model.apply(parameters, input, { backend: fused });
      step(pullback(output).parameters);
    },
    times,
  );
  for (const backend of (await availableBackends()).filter(({ tf }) => tf !== null)) {
    const tf = backend.tf as typeof tfjs;
    bench(
      `ops of tfjs, ${backend.name}`,
      () => {
        const { gradient } = tensorGradient(tf, model, parameters, input, (y) => tf.mul(tf.sum(tf.mul(y, y)), 0.5));
        step(gradient);
      },
      times,
    );
  }
});
