import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adamW } from '@mixtention/core/optimize';
import { afterAll, expect, test } from 'vitest';
import { type Recipe, trainModel } from './train-model.ts';

const folder = await mkdtemp(join(tmpdir(), 'mixtention-train-'));
afterAll(() => rm(folder, { recursive: true }));

/** A mean of some numbers, from minibatches; `after` is called at each step. */
function recipe(name: string, after: (step: number) => void = () => {}): Recipe {
  return {
    name,
    text: 'mean',
    init: () => ({ w: Float64Array.of(5) }),
    gradient({ w }, rows, step) {
      after(step);
      const target = rows.reduce((sum, n) => sum + Math.sin(n), 0) / rows.length;
      return { loss: (w![0]! - target) ** 2, gradient: { w: Float64Array.of(2 * (w![0]! - target)) } };
    },
    rows: 40,
    batch: 8,
    optimizer: adamW(),
    learningRate: (steps) => ({ schedule: 'cosine', start: 0.1, steps, warmUp: 10 }),
    seed: 3,
  };
}

const never = new AbortController().signal;

test('a training that was interrupted has the bits of one that was not, and makes no step twice', async () => {
  const budget = { steps: 30 };
  const whole = await trainModel(recipe('whole'), { budget, folder, signal: never });
  const seen: number[] = [];
  for (const stop of [7, 19]) {
    const controller = new AbortController();
    const own = recipe('parts', (step) => {
      seen.push(step);
      if (step === stop) controller.abort();
    });
    await expect(trainModel(own, { budget, folder, signal: controller.signal })).rejects.toThrow();
  }
  const parts = await trainModel(
    recipe('parts', (step) => seen.push(step)),
    { budget, folder, signal: never },
  );
  expect(parts.parameters).toEqual(whole.parameters);
  expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => i));
  expect(parts.seconds).toBeGreaterThan(0);
});

test('what is trained is not trained again, but under another budget it is', async () => {
  let steps = 0;
  const own = recipe('again', () => void steps++);
  await trainModel(own, { budget: { steps: 12 }, folder, signal: never });
  await trainModel(own, { budget: { steps: 12 }, folder, signal: never });
  expect(steps).toBe(12);
  await trainModel(own, { budget: { steps: 13 }, folder, signal: never });
  expect(steps).toBe(25);
});

test('a budget of minutes becomes a number of steps once, whose first ones it has been measured by', async () => {
  const own = recipe('minutes');
  const { steps } = await trainModel(own, { budget: { minutes: 0.0005 }, folder, signal: never });
  expect(steps).toBeGreaterThanOrEqual(24);
  const again = await trainModel(own, { budget: { minutes: 0.0005 }, folder, signal: never });
  expect(again.steps).toBe(steps);
});
