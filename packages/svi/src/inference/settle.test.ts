import { expect, test } from 'vitest';
import type { Model } from '../model/index.ts';
import { svi } from './svi.ts';

test('where few rows leave a heavy tail, one draw a step does not settle, and the message says what does', () => {
  const [x, y] = [
    [1, 2, 3, 4],
    [1.1, 1.9, 3.2, 3.9],
  ];
  const line: Model<null> = ({ sample, observe, normal, halfNormal, add, mul }) => {
    const [a, b] = ['a', 'b'].map((name) => sample(name, normal(0, 10)));
    observe('y', normal(add(a!, mul(b!, x)), sample('s', halfNormal(5))), y);
  };
  const one = svi(line, null, { steps: 4000, rounds: 0 });
  expect(one.status).toBe('stopped');
  expect(one.message).toContain('gradients are noisy for that; take accuracy 0.3, or 16 draws a step (now 1)');
  const coarse = svi(line, null, { accuracy: 0.3, rounds: 0 });
  const many = svi(line, null, { draws: 16, rounds: 0 });
  for (const { status, bound, steps } of [coarse, many]) {
    expect(status).toBe('converged');
    expect(steps).toBeLessThan(10_000);
    expect(bound).toBeGreaterThan(one.bound - 0.1);
  }
});
