import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { addArrays } from './arrays.ts';
import { rmsProp } from './rms-prop.ts';

beforeAll(() => tf.setBackend('wasm'));

test('RMSProp moves as the optimizer of tfjs does, over twenty steps on a quadratic', () => {
  const scales = [1, 10, 0.1];
  const ours = rmsProp();
  let parameters = { w: Float64Array.of(3, -2, 1) };
  let state = ours.init(parameters);
  const theirs = tf.train.rmsprop(0.05, 0.9, 0, 1e-12);
  const variable = tf.variable(tf.tensor1d([3, -2, 1]), true, 'w');
  for (let step = 0; step < 20; step++) {
    const gradient = { w: parameters.w.map((v, i) => scales[i]! * v) };
    const next = ours.update(gradient, state, 0.05);
    parameters = addArrays(parameters, next.updates) as typeof parameters;
    state = next.state;
    theirs.applyGradients([{ name: 'w', tensor: tf.mul(variable, tf.tensor1d(scales)) }]);
    Array.from(variable.dataSync()).forEach((v, i) => {
      expect(parameters.w[i]).toBeCloseTo(v, 4); // theirs is float32
    });
  }
});

test('a step in place gives the bits of a step that copies, which leaves what it was given untouched', () => {
  const rule = rmsProp();
  let parameters: { w: Float64Array } = { w: Float64Array.of(3, -1) };
  let state = rule.init(parameters);
  const own = { w: Float64Array.of(3, -1) };
  const owned = { step: 0, memory: rule.init(own).memory };
  for (let step = 0; step < 20; step++) {
    const before = structuredClone(state);
    const next = rule.update({ w: parameters.w.map((v) => 2 * v) }, state, 0.1);
    expect(state).toEqual(before);
    state = next.state;
    parameters = { w: parameters.w.map((v, i) => v + next.updates.w![i]!) };
    rule.advance!(own, { w: own.w.map((v) => 2 * v) }, owned, 0.1);
  }
  expect(own).toEqual(parameters);
  expect(owned).toEqual(state);
});

test('constants that are none are refused', () => {
  expect(() => rmsProp({ squareDecay: 1 })).toThrow('squareDecay is 1, a number in [0, 1) was due');
  expect(() => rmsProp({ epsilon: 0 })).toThrow('epsilon is 0, a number above 0 was due');
  expect(() => rmsProp({ momentum: 0.9 } as object)).toThrow('momentum');
});
