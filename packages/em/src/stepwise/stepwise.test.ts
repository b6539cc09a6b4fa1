import type { Tree } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { applyTransform, dataset } from '@mixtention/core/data';
import { run, type Step } from '@mixtention/core/loop';
import { key } from '@mixtention/core/numeric';
import { threads } from '@mixtention/core/threads';
import { bernoulli, dirichlet, faithful, gaussianFull, pointWeights } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { batch } from '../batch/batch.ts';
import { fit } from '../batch/fit.ts';
import { fitBayes } from '../variational-bayes/fit-bayes.ts';
import { variationalBayes } from '../variational-bayes/variational-bayes.ts';
import { type StepwiseState, stepwise } from './stepwise.ts';

const x = faithful();
const data = dataset(x, { standardize: true, shardRows: 100 });
const algorithm = batch({ family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6 });
const first = algorithm.init(key(3), applyTransform(x, data.transform));

async function stepsOf(own: Parameters<typeof run>[0], state: Tree, maxIterations: number): Promise<Step[]> {
  const steps: Step[] = [];
  for await (const step of run(own, data, { executor: inline(), state, maxIterations, tolerance: 0 })) steps.push(step);
  return steps;
}

test('one batch of all rows at rate 1 is a step of batch EM to the last bit', async () => {
  // A delay that nothing is left of: rates are 1.
  const driver = stepwise({ algorithm, batches: 1, byShard: false, forgetting: 1e-300, delay: 0, tolerance: -1 });
  const due = await stepsOf(algorithm, first, 6);
  const came = await stepsOf(driver, driver.around(first, key(0)), 6);
  expect(came.map(({ state }) => (state as StepwiseState).inner)).toEqual(due.map(({ state }) => state));
  expect(came.map(({ info }) => info.objective)).toEqual(due.map(({ info }) => info.objective));
});

test('one batch of all rows at rate 1 is a sweep of variational Bayes to the last bit: the natural gradient step of all rows', async () => {
  // In the space of the fit: columns of mean 0 and variance 1.
  const prior = { mean: new Float64Array(2), shrinkage: 0.01, degrees: 4, inverseScale: Float64Array.of(1, 0, 0, 1) };
  const config = { family: gaussianFull, components: 2, start: 'k-means++', prior, floor: 1e-6 } as const;
  const sweep = variationalBayes({ ...config, weights: dirichlet(1) });
  const from = sweep.init(key(3), applyTransform(x, data.transform));
  const driver = stepwise({
    algorithm: sweep,
    batches: 1,
    byShard: false,
    forgetting: 1e-300,
    delay: 0,
    tolerance: -1,
  });
  const due = await stepsOf(sweep, from as unknown as Tree, 6);
  const came = await stepsOf(driver, driver.around(from, key(0)) as unknown as Tree, 6);
  expect(came.map(({ state }) => (state as StepwiseState).inner)).toEqual(due.map(({ state }) => state));
  expect(due.at(-1)!.info.objective).toBeGreaterThan(due[1]!.info.objective);
});

test('the bound that natural gradients of minibatches end with is within 1 % of that of whole sweeps', async () => {
  const options = { components: 2, screen: 0, shardRows: 100 } as const;
  const [whole, parts] = await Promise.all([
    fitBayes(x, options),
    fitBayes(x, { ...options, schedule: { name: 'stepwise', minibatch: 40 } }),
  ]);
  expect(parts.bound).toBeLessThanOrEqual(whole.bound + 1e-6);
  expect(parts.bound).toBeGreaterThan(1.01 * whole.bound);
});

test('running statistics are the means that their rates make of the minibatches, each scaled to all rows', async () => {
  const driver = stepwise({ algorithm, batches: 4, byShard: false, forgetting: 0.7, delay: 2, tolerance: 0 });
  const executor = inline();
  let state = driver.around(first, key(7));
  let counts: number[] = [];
  const seen = new Set<string>();
  let epoch = [0, 0];
  for (let pass = 0; pass < 12; pass++) {
    const ask = driver.ask(state, { precision: 'float64', cuts: data.cuts });
    expect(ask.rows).toHaveLength(3);
    const { sum } = await executor.collect(driver, ask, data);
    const own = Array.from((sum as unknown as { counts: Float64Array }).counts);
    const weight = own.reduce((a, b) => a + b);
    const rate = pass === 0 ? 1 : (pass + 3) ** -0.7;
    counts = own.map((n, k) => (1 - rate) * (counts[k] ?? 0) + rate * n * (x.rows / weight));
    epoch = own.map((n, k) => n + epoch[k]!);
    seen.add(JSON.stringify(ask.rows));
    state = driver.update(state, { sum: sum as never, parts: null }).state;
    expect(state.running.counts[0]).toBeCloseTo(counts[0]!, 9);
    expect(state.running.counts[1]).toBeCloseTo(counts[1]!, 9);
    if (pass % 4 < 3) continue;
    // What the epoch shows weighs all of its rows alike; its objective bounds that of a pass over all rows.
    const shown = driver.innerOf(state) as unknown as { logWeights: Float64Array };
    expect(Math.exp(shown.logWeights[0]!)).toBeCloseTo(epoch[0]! / x.rows, 9);
    const exact = await executor.collect(algorithm, { message: shown as never }, data);
    const { objective } = algorithm.update(shown as never, exact as never).info!;
    expect(driver.ask(state, { precision: 'float64', cuts: data.cuts }).rows).toEqual([]);
    const told = driver.update(state, { sum: null, parts: null });
    expect(told.info!.objective).toBeLessThanOrEqual(objective + 1e-9);
    // The first looks of a run tell of a start that nothing is left of.
    if (pass === 11) expect(told.info!.objective).toBeGreaterThan(objective - 10);
    state = told.state;
    epoch = [0, 0];
  }
  expect(seen.size).toBe(12);
});

test('a stepwise fit comes near the optimum, says how it ended, and has the same bits on any number of workers', async () => {
  const options = { components: 2, schedule: { name: 'stepwise', minibatch: 40 }, shardRows: 100, screen: 0 } as const;
  const due = await fit(x, { ...options, executor: inline() });
  expect(due.status).toBe('converged');
  expect(due.message).toContain('an epoch of minibatches');
  expect(due.logLikelihood).toBeGreaterThan(-1130.264 - 0.5);
  expect(due.logLikelihood).toBeCloseTo(due.model.evaluate(x).logLikelihood, 9);
  // What minibatches estimate is not reported.
  expect(due.objective).toBeCloseTo(due.logLikelihood, 9);
  const executor = await threads({ workers: 2, backend: 'wasm', precision: 'float64' });
  try {
    expect(JSON.stringify((await fit(x, { ...options, executor })).model)).toBe(JSON.stringify(due.model));
  } finally {
    await executor.close();
  }
});

test('schedules that cannot be are refused in a sentence', async () => {
  const refused = async (schedule: unknown, sentence: string): Promise<void> =>
    expect(fit(x, { components: 2, schedule: schedule as 'batch' })).rejects.toThrow(sentence);
  await refused('sometimes', 'schedule');
  await refused(null, 'schedule is null');
  await refused({ name: 'stepwise', forgetting: 0 }, 'schedule.forgetting is 0, a number above 0 and up to 1 was due');
  await refused({ name: 'stepwise', delay: -1 }, 'schedule.delay is -1');
  await refused({ name: 'memoized', minibatch: 0 }, 'schedule.minibatch is 0');
  await refused({ name: 'memoized', delay: 1 }, 'delay');
  await refused({ name: 'batch', minibatch: 10 }, 'minibatch');
});

test('a prior weighs beside minibatches as beside the rows that they are worth, and beside an epoch as beside all', async () => {
  const zeros = { data: new Float64Array(400), rows: 400, cols: 1 };
  const ofZeros = dataset(zeros, { shardRows: 100 });
  const config = { family: bernoulli, components: 1, start: 'random', prior: { a: 2, b: 1 }, floor: 0 } as const;
  const coin = batch({ ...config, weights: pointWeights() });
  const driver = stepwise({ algorithm: coin, batches: 4, byShard: false, forgetting: 0.5, delay: 1, tolerance: 0 });
  const chanceIn = (state: unknown): number =>
    (state as { params: { probabilities: Float64Array } }).params.probabilities[0]!;
  let state = driver.around(coin.init(key(0), zeros), key(0));
  let shares: number[] = [];
  for (let pass = 0; pass < 4; pass++) {
    const collected = await inline().collect(
      driver,
      driver.ask(state, { precision: 'float64', cuts: ofZeros.cuts }),
      ofZeros,
    );
    state = driver.update(state, collected as never).state;
    const rate = pass === 0 ? 1 : (pass + 2) ** -0.5;
    shares = [...shares.map((share) => (1 - rate) * share), rate];
    const rows = 1 / shares.reduce((sum, share) => sum + share ** 2 / 100, 0);
    // One yes of the prior, and no other.
    expect(chanceIn(state.inner)).toBeCloseTo(1 / (1 + rows), 12);
  }
  expect(chanceIn(driver.innerOf(state))).toBeCloseTo(1 / 401, 12);
});
