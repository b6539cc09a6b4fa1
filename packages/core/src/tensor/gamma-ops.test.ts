import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { digamma } from '../numeric/special/digamma.ts';
import { lgamma } from '../numeric/special/lgamma.ts';
import { trigamma } from '../numeric/special/trigamma.ts';
import { tensorOps } from './tensor-ops.ts';
import { tensorOf, tfBackends, valuesOf } from './testing.ts';

const ops = tensorOps(tf);
const points = [1e-6, 0.01, 0.1, 0.5, 0.9, 1, 1.4616321, 1.9, 2, 2.5, 4, 10, 33.3, 1e3, 1e6, -0.5, -1.25, -3.7].map(
  Math.fround,
);
const positive = points.filter((x) => x > 0);

/** Right to a few units of float32, relative to the value, or absolutely where it passes through 0. */
function expectClose(actual: number[], expected: number[], tolerance = 4e-6): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance * Math.max(1, Math.abs(expected[i]!)));
  });
}

describe.each(await tfBackends())('gamma ops on $name', ({ tfName }) => {
  beforeAll(() => tf.setBackend(tfName));

  it('lgamma agrees with float64, and its gradient is digamma', () => {
    const { value, grad } = tf.valueAndGrad((x) => tf.sum(ops.lgamma(x)))(tensorOf(positive, [positive.length]));
    expectClose(valuesOf(ops.lgamma(tensorOf(points, [points.length]))), points.map(lgamma));
    expectClose(valuesOf(value), [positive.map(lgamma).reduce((a, b) => a + b)]);
    expectClose(valuesOf(grad), positive.map(digamma));
  });

  it('digamma agrees with float64, and its gradient is trigamma', () => {
    expectClose(valuesOf(ops.digamma(tensorOf(points, [points.length]))), points.map(digamma), 2e-5);
    const grad = tf.grad((x) => tf.sum(ops.digamma(x)))(tensorOf(positive, [positive.length]));
    expectClose(valuesOf(grad), positive.map(trigamma), 2e-5);
  });

  it('digamma has a gradient between its poles and far out', () => {
    const x = [-1.5, -5.5, -7.5, -8.5, -9.5, -10.5, -20.5, -100.5, 1e20].map(Math.fround);
    const grad = valuesOf(tf.grad((t) => tf.sum(ops.digamma(t)))(tensorOf(x, [x.length])));
    grad.forEach((value, i) => {
      expect(Math.abs(value / trigamma(x[i]!) - 1)).toBeLessThan(1e-6);
    });
    // π² − ψ′(9.5): by reflection, an oracle that shares nothing with the code.
    expect(grad[3]).toBeCloseTo(Math.PI ** 2 - 0.110997, 4);
  });

  it('has gradients that agree with finite differences of float64, scaled by what comes in from above', () => {
    const x = [0.3, 1.7, 6, 40].map(Math.fround);
    const w = [1, -2, 0.5, 3];
    const h = 1e-5;
    for (const [op, f] of [
      [ops.lgamma, lgamma],
      [ops.digamma, digamma],
    ] as const) {
      const grad = tf.grad((t) => tf.sum(tf.mul(tensorOf(w, [2, 2]), op(t))))(tensorOf(x, [2, 2]));
      expect(grad.shape).toEqual([2, 2]);
      expectClose(
        valuesOf(grad),
        x.map((v, i) => (w[i]! * (f(v + h) - f(v - h))) / (2 * h)),
        1e-5,
      );
    }
  });

  it('lgamma has a second derivative, trigamma, and refuses a third rather than call it 0', () => {
    const first = (x: tf.Tensor) => tf.grad((y) => tf.sum(ops.lgamma(y)))(x);
    const second = (x: tf.Tensor) => tf.grad((y) => tf.sum(first(y)))(x);
    expectClose(valuesOf(second(tensorOf([0.5, 3], [2]))), [trigamma(0.5), trigamma(3)], 1e-5);
    expect(() => tf.grad((y) => tf.sum(second(y)))(tensorOf([3], [1]))).toThrow(
      'a third derivative of log gamma was asked for',
    );
  });

  it('has the same answers at poles, at infinity and for NaN', () => {
    const edges = tensorOf([0, -1, -2, Number.POSITIVE_INFINITY, Number.NaN], [5]);
    const infinity = Number.POSITIVE_INFINITY;
    expect(valuesOf(ops.lgamma(edges))).toEqual([infinity, infinity, infinity, infinity, Number.NaN]);
    expect(valuesOf(ops.lgamma(tensorOf([-infinity], [1])))).toEqual([infinity]);
    expect(valuesOf(ops.digamma(edges))).toEqual([Number.NaN, Number.NaN, Number.NaN, infinity, Number.NaN]);
  });

  it('takes any shape, also a scalar and nothing at all', () => {
    for (const shape of [[], [0], [2, 1, 3], [1, 1, 1, 1, 2]]) {
      expect(ops.lgamma(tf.ones(shape)).shape).toEqual(shape);
      expect(ops.digamma(tf.ones(shape)).shape).toEqual(shape);
    }
  });

  it('leaves no tensor behind', () => {
    const x = tensorOf([1, 2], [2]);
    const before = tf.memory().numTensors;
    ops.lgamma(x).dispose();
    ops.digamma(x).dispose();
    tf.grad((y) => tf.sum(ops.digamma(y)))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses integers', () => {
    expect(() => ops.lgamma(tf.ones([2], 'int32'))).toThrow('[core] lgamma: dtype is int32, float32 is due');
    expect(() => ops.digamma(tf.ones([2], 'bool'))).toThrow('[core] digamma: dtype is bool, float32 is due');
  });
});
