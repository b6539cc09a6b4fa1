import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { adam } from './adam.ts';
import { addArrays } from './arrays.ts';
import { chain, clipByNorm } from './chain.ts';

beforeAll(() => tf.setBackend('wasm'));

test('Adam moves as the optimizer of tfjs does, over twenty steps on a quadratic', () => {
  const scales = [1, 10, 0.1];
  const ours = adam();
  let parameters = { w: Float64Array.of(3, -2, 1) };
  let state = ours.init(parameters);
  const theirs = tf.train.adam(0.05, 0.9, 0.999, 1e-8);
  const variable = tf.variable(tf.tensor1d([3, -2, 1]), true, 'w');
  for (let step = 0; step < 20; step++) {
    const gradient = { w: parameters.w.map((v, i) => scales[i]! * v) };
    const next = ours.update(gradient, state, 0.05);
    parameters = addArrays(parameters, next.updates) as typeof parameters;
    state = next.state;
    const g = tf.mul(variable, tf.tensor1d(scales));
    theirs.applyGradients([{ name: 'w', tensor: g }]);
    Array.from(variable.dataSync()).forEach((v, i) => {
      expect(parameters.w[i]).toBeCloseTo(v, 4); // theirs is float32
    });
  }
});

test('the first step of Adam has the size of the learning rate, whatever the size of the gradient', () => {
  const rule = adam();
  const { updates } = rule.update({ w: Float64Array.of(1e-3, -1e4) }, rule.init({ w: new Float64Array(2) }), 0.2);
  expect(updates.w![0]).toBeCloseTo(-0.2, 5);
  expect(updates.w![1]).toBeCloseTo(0.2, 12);
});

test('a step of Adam leaves the state and the gradient that it was given untouched', () => {
  const rule = adam();
  const gradient = { w: Float64Array.of(1, 2) };
  const state = rule.init(gradient);
  const before = structuredClone({ state, gradient });
  rule.update(gradient, state, 0.1);
  expect({ state, gradient }).toEqual(before);
});

test('a step in place gives the bits of a step that copies', () => {
  const rule = adam();
  let parameters: { w: Float64Array } = { w: Float64Array.of(3, -1) };
  let state = rule.init(parameters);
  const own = { w: Float64Array.of(3, -1) };
  const owned = { step: 0, memory: rule.init(own).memory };
  for (let step = 0; step < 20; step++) {
    const next = rule.update({ w: parameters.w.map((v) => 2 * v) }, state, 0.1);
    state = next.state;
    parameters = { w: parameters.w.map((v, i) => v + next.updates.w![i]!) };
    rule.advance!(own, { w: own.w.map((v) => 2 * v) }, owned, 0.1);
  }
  expect(own).toEqual(parameters);
  expect(owned).toEqual(state);
});

test('a chain shows transformed gradients to steps in place too', () => {
  const rule = chain([clipByNorm(1)], adam());
  const own = { w: Float64Array.of(3, -1) };
  const owned = { step: 0, memory: rule.init(own).memory };
  rule.advance!(own, { w: Float64Array.of(30, 40) }, owned, 0.1);
  expect(owned.memory.mean!.w![0]).toBeCloseTo(0.1 * 0.6, 12);
});
