import { expect, test } from 'vitest';
import { adam, adamW } from './adam.ts';
import { addArrays } from './arrays.ts';
import { chain, clipByNorm } from './chain.ts';
import { learningRateAt } from './learning-rate.ts';
import type { Arrays } from './optimizer.ts';
import { sgd } from './sgd.ts';
import { type TrainOptions, train } from './train.ts';

const data = Float64Array.from({ length: 23 }, (_, n) => Math.sin(3 * n));
const options: Omit<TrainOptions, 'from'> = {
  rows: 23,
  batch: 5,
  steps: 40,
  seed: 3,
  optimizer: chain([clipByNorm(0.5)], adamW({ weightDecay: 0.1 })),
  learningRate: { schedule: 'cosine', start: 0.1, steps: 40, warmUp: 5 },
  gradient: ({ w }, rows) => {
    const errors = Array.from(rows, (n) => w![0]! - data[n]!);
    return {
      loss: errors.reduce((sum, e) => sum + (e * e) / rows.length, 0),
      gradient: { w: Float64Array.of(errors.reduce((sum, e) => sum + (2 * e) / rows.length, 0)) },
    };
  },
};
const from = { w: Float64Array.of(4) };

test('a training that goes on from any of its states, written as JSON, has the bits of one that never stopped', () => {
  const states = [...train({ ...options, from })];
  expect(states.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  for (const cut of [0, 3, 4, 21]) {
    const kept = structuredClone(states[cut]!);
    expect([...train({ ...options, from: kept })]).toEqual(states.slice(cut + 1));
  }
});

test('every row comes once in an epoch, in an order that the seed draws', () => {
  const seen: number[][] = [];
  const watching: TrainOptions = {
    ...options,
    from,
    steps: 8,
    gradient: (parameters, rows, step) => {
      seen.push([...rows]);
      return options.gradient(parameters, rows, step);
    },
  };
  for (const _ of train(watching));
  const epochs = [seen.slice(0, 4).flat(), seen.slice(4).flat()];
  for (const epoch of epochs) expect(new Set(epoch).size).toBe(20);
  expect(epochs[0]).not.toEqual(epochs[1]);
  const first = [...seen];
  seen.length = 0;
  for (const _ of train({ ...watching, seed: 4 }));
  expect(seen).not.toEqual(first);
});

test('momentum goes on as a heavy ball: u ← μu + g', () => {
  const rule = sgd({ momentum: 0.5 });
  let [state, w] = [rule.init(from), 0];
  for (const g of [1, 2, -1]) {
    const next = rule.update({ w: Float64Array.of(g) }, state, 0.1);
    w += next.updates.w![0]!;
    state = next.state;
  }
  expect(w).toBeCloseTo(-0.1 * (1 + 2.5 + 0.25), 12);
});

test('decoupled decay draws the named parameters alone, whatever the moments', () => {
  const rule = adamW({ weightDecay: 0.2, decays: (name) => name === 'w' });
  const parameters: Arrays = { w: Float64Array.of(3), b: Float64Array.of(3) };
  const zero: Arrays = { w: new Float64Array(1), b: new Float64Array(1) };
  const { updates } = rule.update(zero, rule.init(parameters), 0.5, parameters);
  expect([updates.w![0], updates.b![0]]).toEqual([-0.5 * 0.2 * 3, 0]);
  expect(() => rule.update(zero, rule.init(parameters), 0.5)).toThrow(/without the parameters/);
});

test('a gradient is shortened with all its arrays together, and one that is short stays', () => {
  const long = clipByNorm(1)({ a: Float64Array.of(3), b: Float64Array.of(0, 4) });
  expect(long.a![0]).toBeCloseTo(0.6, 12);
  expect(long.b![1]).toBeCloseTo(0.8, 12);
  const short = { a: Float64Array.of(0.5) };
  expect(clipByNorm(1)(short)).toBe(short);
});

test('a step in place sees the gradient as the chain leaves it, bit for bit', () => {
  const rule = chain([clipByNorm(0.1)], adam());
  const gradient = { w: Float64Array.of(3, -4) };
  const parameters = { w: Float64Array.of(1, 2) };
  const first = rule.update({ w: Float64Array.of(1, 1) }, rule.init(parameters), 0.1).state;
  const { updates, state } = rule.update(gradient, first, 0.1);
  const due = addArrays(parameters, updates);
  const owned = structuredClone(first);
  rule.advance!(parameters, gradient, owned, 0.1);
  expect(parameters).toEqual(due);
  expect(owned).toEqual(state);
  expect(state).not.toEqual(adam().update(gradient, first, 0.1).state);
});

test('a rate warms up evenly and then falls as a cosine over the rest', () => {
  const rate = { schedule: 'cosine', start: 1, steps: 12, warmUp: 4 } as const;
  expect([0, 3].map((step) => learningRateAt(rate, step))).toEqual([0.25, 1]);
  expect(learningRateAt(rate, 4)).toBe(1);
  expect(learningRateAt(rate, 8)).toBeCloseTo(0.5, 12);
  expect(learningRateAt(rate, 12)).toBeCloseTo(0, 12);
});

test('what cannot be trained is refused by one sentence', () => {
  const one = (changed: Partial<TrainOptions>) => () => train({ ...options, from, ...changed }).next();
  expect(one({ batch: 24 })).toThrow(/minibatch of 24 of 23 rows/);
  expect(one({ steps: -1 })).toThrow(/steps is -1/);
  expect(one({ learningRate: { schedule: 'cosine', start: 1, steps: 5, warmUp: 5 } })).toThrow(/warmUp is 5/);
  expect(one({ gradient: () => ({ loss: Number.NaN, gradient: from }) })).toThrow(/loss of step 0 .* is NaN/);
  expect(() => sgd({ momentum: 1 })).toThrow(/momentum is 1/);
  expect(() => adamW({ weightDecay: -1 })).toThrow(/weightDecay is -1/);
  expect(() => clipByNorm(0)).toThrow(/length of gradients is 0/);
});
