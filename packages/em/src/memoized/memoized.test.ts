import type { Mixture, Tree } from '@mixtention/core';
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

async function stepsOf(own: Parameters<typeof run>[0], state: Tree, maxIterations: number): Promise<Step[]> {
  const steps: Step[] = [];
  for await (const step of run(own, data, { executor: inline(), state, maxIterations, tolerance: 0 })) steps.push(step);
  return steps;
}

test('the objective is that of the responsibilities each batch had at its last visit, in naive loops, and rises with every batch', async () => {
  const driver = memoized({ algorithm, batches: 5, byShard: false });
  const executor = inline();
  let state = driver.around(first);
  /** Responsibilities of every row as of its last visit `[N, K]`. */
  let R = Array.from({ length: x.rows }, () => new Float64Array(3));
  let visitedAgain = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let pass = 0; pass < 80; pass++) {
    const { message, rows } = driver.ask(state, { precision: 'float64', cuts: data.cuts });
    const { inner, isFilling, next } = state;
    const before = R.map((row) => row.slice());
    for (const part of rows!) visit(message as unknown as Mixture, part, R);
    const { sum } = await executor.collect(driver, { message, rows: rows! }, data);
    state = driver.update(state, { sum: sum as never, parts: null }).state;
    if (isFilling) continue;
    if (state.next === next) {
      // Looking ahead would have made it fall.
      R = before;
      visitedAgain++;
      continue;
    }
    const objective = state.objectives[next]!;
    expect(objective).toBeCloseTo(naiveBound(inner as unknown as Mixture, R), 8);
    expect(objective).toBeGreaterThan(last - 1e-10 * Math.abs(last));
    last = objective;
  }
  expect(last).toBeGreaterThan(-400);
  expect(visitedAgain).toBeGreaterThan(0);
  expect(visitedAgain).toBeLessThan(20);
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

test('over a planted mixture every batch raises the objective, and the optimum of batch EM is there in half of its passes', async () => {
  const normal = generator(key(8));
  const rows = 4000;
  const planted = Float64Array.from({ length: 2 * rows }, (_, i) => {
    const group = Math.floor(i / 2) % 6;
    return normal.normal() + 4 * (i % 2 === 0 ? group % 3 : Math.floor(group / 3));
  });
  const own = dataset({ data: planted, rows, cols: 2 }, { standardize: true });
  const six = batch({ ...config, components: 6 });
  const start = six.init(key(1), applyTransform({ data: planted, rows, cols: 2 }, own.transform));
  const passes = async (algo: Parameters<typeof run>[0], state: Tree): Promise<Step[]> => {
    const all: Step[] = [];
    for await (const step of run(algo, own, { executor: inline(), state, maxIterations: 100 })) all.push(step);
    return all;
  };
  const whole = await passes(six, start);
  const driver = memoized({ algorithm: six, batches: 24, byShard: false });
  const laps = await passes(driver, driver.around(start));
  const due = whole.at(-1)!.info.objective - 1e-4 * rows;
  const until = (all: readonly Step[]): number => all.findIndex(({ info }) => info.objective >= due) + 1;
  expect(until(laps)).toBeGreaterThan(0);
  expect(until(laps)).toBeLessThanOrEqual(0.5 * until(whole));
  const objectives = laps.flatMap(({ info }) => Array.from((info as MemoizedInfo).objectives));
  for (let i = 1; i < objectives.length; i++)
    expect(objectives[i]! - objectives[i - 1]!).toBeGreaterThanOrEqual(-1e-10 * Math.abs(objectives[i]!));
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
