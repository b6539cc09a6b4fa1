import type { Dataset, Mixture, Tree } from '@mixtention/core';
import { inline, plain } from '@mixtention/core';
import { applyTransform, dataset, openShard } from '@mixtention/core/data';
import { reference } from '@mixtention/core/kernel';
import { run, type Step } from '@mixtention/core/loop';
import { generator, key } from '@mixtention/core/numeric';
import { faithful, gaussianFull } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { batch } from '../batch/batch.ts';
import { fit } from '../batch/fit.ts';
import { type MemoizedInfo, type MemoizedState, memoized } from './memoized.ts';

const x = faithful();
const data = dataset(x, { standardize: true, shardRows: 100 });
const config = { family: gaussianFull, components: 3, start: 'k-means++', prior: null, floor: 1e-6 } as const;
const algorithm = batch(config);
const first = algorithm.init(key(3), applyTransform(x, data.transform));

async function passes(algo: Parameters<typeof run>[0], own: Dataset, state: Tree): Promise<Step[]> {
  const all: Step[] = [];
  for await (const step of run(algo, own, { executor: inline(), state, maxIterations: 300 })) all.push(step);
  return all;
}

async function stepsOf(own: Parameters<typeof run>[0], state: Tree, maxIterations: number): Promise<Step[]> {
  const steps: Step[] = [];
  for await (const step of run(own, data, { executor: inline(), state, maxIterations, tolerance: 0 })) steps.push(step);
  return steps;
}

test('the objective is that of the responsibilities each batch had at its last visit, in naive loops, and rises with every batch, wherever looking ahead would have led', async () => {
  const driver = memoized({ algorithm, batches: 5, byShard: false });
  const executor = inline();
  let state = driver.around(first);
  /** Responsibilities of every row as of its last visit `[N, K]`. */
  let R = Array.from({ length: x.rows }, () => new Float64Array(3));
  const [misled, refused, after]: [number[], number[], number[]] = [[], [], []];
  let last = Number.NEGATIVE_INFINITY;
  for (let pass = 0; pass < 120; pass++) {
    // Far from where the statistics are, so that the objective would fall.
    if (!state.isFilling && pass % 7 === 0) {
      state = { ...state, ahead: first as unknown as Tree, isAhead: true };
      misled.push(pass);
    }
    const { message, rows } = driver.ask(state, { precision: 'float64', cuts: data.cuts });
    const { inner, isFilling, next } = state;
    const before = R.map((row) => row.slice());
    for (const part of rows!) visit(message as unknown as Mixture, part, R);
    const { sum } = await executor.collect(driver, { message, rows: rows! }, data);
    state = driver.update(state, { sum: sum as never, parts: null }).state;
    if (isFilling) continue;
    after.push(pass);
    if (state.next === next) {
      R = before;
      refused.push(pass);
      expect(state.drift.counts).toEqual(new Float64Array(3));
      continue;
    }
    const objective = state.objectives[next]!;
    expect(objective).toBeCloseTo(naiveBound(inner as unknown as Mixture, R), 8);
    expect(objective).toBeGreaterThan(last - 1e-10 * Math.abs(last));
    last = objective;
  }
  expect(last).toBeGreaterThan(-400);
  expect(misled.length).toBeGreaterThan(5);
  expect(refused).toEqual(misled);
  expect(after.length).toBeGreaterThan(40);
});

test('one batch is batch EM, state by state', async () => {
  const due = await stepsOf(algorithm, first, 5);
  const one = memoized({ algorithm, batches: 1, byShard: false });
  const came = await stepsOf(one, one.around(first), 5);
  for (const [i, { state, info }] of came.entries()) {
    expect((state as MemoizedState).inner).toEqual(due[i]!.state);
    expect(info.objective).toBeCloseTo(due[i]!.info.objective, 9);
  }
});

test('over a planted mixture every batch raises the objective, and the optimum of batch EM is there in half of its passes over four starts', async () => {
  const normal = generator(key(8));
  const rows = 4000;
  const planted = Float64Array.from({ length: 2 * rows }, (_, i) => {
    const group = Math.floor(i / 2) % 6;
    return normal.normal() + 4 * (i % 2 === 0 ? group % 3 : Math.floor(group / 3));
  });
  const own = dataset({ data: planted, rows, cols: 2 }, { standardize: true });
  const six = batch({ ...config, components: 6 });
  const total = { em: 0, memoized: 0 };
  for (const seed of [1, 2, 3, 4]) {
    const start = six.init(key(seed), applyTransform({ data: planted, rows, cols: 2 }, own.transform));
    const whole = await passes(six, own, start);
    const driver = memoized({ algorithm: six, batches: 4, byShard: false });
    const laps = await passes(driver, own, driver.around(start));
    const due = whole.at(-1)!.info.objective - 1e-4 * rows;
    const until = (all: readonly Step[]): number => all.findIndex(({ info }) => info.objective >= due) + 1;
    expect(until(laps)).toBeGreaterThan(0);
    total.em += until(whole);
    total.memoized += until(laps);
    const objectives = laps.flatMap(({ info }) => Array.from((info as MemoizedInfo).objectives));
    for (let i = 1; i < objectives.length; i++)
      expect(objectives[i]! - objectives[i - 1]!).toBeGreaterThanOrEqual(-1e-10 * Math.abs(objectives[i]!));
  }
  expect(total.memoized).toBeLessThanOrEqual(0.5 * total.em);
});

test('passes over all rows come first, with the states of EM, as long as they gain much; then batches look ahead', async () => {
  const driver = memoized({ algorithm, batches: 5, byShard: false });
  const due = await stepsOf(algorithm, first, 30);
  const came = await stepsOf(driver, driver.around(first), 30);
  const whole = came.filter(({ info }) => (info as MemoizedInfo).objectives.length === 1).length;
  const gains = due.slice(1).map(({ info }, i) => (info.objective - due[i]!.info.objective) / x.rows);
  expect(whole).toBe(gains.findIndex((gain) => gain < 3e-3) + 2);
  for (let i = 0; i < whole; i++) {
    expect(came[i]!.info.objective).toBeCloseTo(due[i]!.info.objective, 8);
    expect(came[i]!.info.logLikelihood).toBeCloseTo(due[i]!.info.logLikelihood, 8);
  }
  expect((came[whole]!.state as MemoizedState).isFilling).toBe(false);
  expect(came.slice(whole).some(({ state }) => (state as MemoizedState).isAhead)).toBe(true);
});

test('a fit by memoized batches reports the log-likelihood of its mixture, and the optimum of batch EM', async () => {
  const due = await fit(x, { components: 2 });
  const found = await fit(x, { components: 2, schedule: { name: 'memoized', minibatch: 60 } });
  expect(found.status).toBe('converged');
  expect(found.logLikelihood).toBeCloseTo(due.logLikelihood, 5);
  expect(found.logLikelihood).toBeCloseTo(found.model.evaluate(x).logLikelihood, 9);
  expect(found.objective).toBeLessThanOrEqual(found.logLikelihood + 1e-9);
});

/** Responsibilities of the rows of a part, pair by pair. */
function visit(
  { params, logWeights }: Mixture,
  part: Parameters<ReturnType<typeof openShard>['partOf']>[0],
  R: Float64Array[],
): void {
  const shard = openShard(data, part.shard, plain);
  const some = shard.partOf(part);
  const { responsibilities } = reference([some.matrix()], gaussianFull.scores(params as never, logWeights));
  for (const [i, n] of some.numbers().entries()) R[n]!.set(responsibilities.data.subarray(3 * i, 3 * i + 3));
}

/** Σ r (L − log r), pair by pair. */
function naiveBound({ params, logWeights }: Mixture, R: readonly Float64Array[]): number {
  const { scores } = reference([applyTransform(x, data.transform)], gaussianFull.scores(params as never, logWeights));
  let sum = 0;
  R.forEach((own, n) => {
    own.forEach((r, k) => {
      if (r > 0) sum += r * (scores.data[3 * n + k]! - Math.log(r));
    });
  });
  return sum;
}
