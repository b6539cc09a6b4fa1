import { expect, test } from 'vitest';
import { addArrays } from './arrays.ts';
import { sgd } from './sgd.ts';

test('gradient descent on a quadratic contracts by 1 − learningRate · curvature each step', () => {
  const rule = sgd();
  let parameters = { a: Float64Array.of(2), b: Float64Array.of(-3) };
  let state = rule.init(parameters);
  for (let t = 0; t < 5; t++) {
    const next = rule.update({ a: parameters.a.map((v) => 0.5 * v), b: parameters.b.map((v) => 4 * v) }, state, 0.1);
    parameters = addArrays(parameters, next.updates) as typeof parameters;
    state = next.state;
  }
  expect(parameters.a[0]).toBeCloseTo(2 * 0.95 ** 5, 12);
  expect(parameters.b[0]).toBeCloseTo(-3 * 0.6 ** 5, 12);
  expect(state.step).toBe(5);
});
