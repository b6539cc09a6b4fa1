import { inline, type Tree } from '@mixtention/core';
import { addTrees, copyTree, takeRows } from '@mixtention/core/base';
import { openShard } from '@mixtention/core/data';
import { generator, key, permutation } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import {
  type AlgorithmRow,
  askOf,
  closeness,
  dataFor,
  mixtureOf,
  startOf,
  stepsOn,
  sumAll,
} from './algorithm-subject.ts';
import { expectCloseTrees } from './expect-close.ts';
import { caseSeed, forAllAsync } from './property.ts';

/** Statistics are sums over rows: however these are cut, ordered, weighted, and whatever the components are called. */
export const sumRows: readonly AlgorithmRow[] = [
  {
    name: 'shard-invariant',
    title: 'statistics do not depend on where rows are cut, down to parts of one row and of none',
    check: async (subject) => {
      const { algorithm, x, backend } = subject;
      const data = dataFor(subject, x);
      const state = await stepsOn(subject, startOf(subject, data, x), data, 1);
      const due = await sumAll(algorithm, state, { ...data, id: 'uncut', cuts: [0, x.rows] }, backend);
      await forAllAsync(
        { seed: caseSeed },
        async ({ seed }) => {
          const cut = { ...data, id: `cut-${seed}`, cuts: randomCuts(x.rows, seed) };
          expectCloseTrees(await sumAll(algorithm, state, cut, backend), due, closeness(subject));
        },
        { runs: 8 },
      );
    },
  },
  {
    name: 'part-invariant',
    title: 'statistics of the parts of shards, in order or at random, add up to those of the shards',
    check: async (subject) => {
      const { algorithm, x, backend } = subject;
      const data = dataFor(subject, x);
      const state = await stepsOn(subject, startOf(subject, data, x), data, 1);
      const { message } = askOf(algorithm, state, data, backend);
      const executor = inline(backend);
      const { sum: due } = await executor.collect(algorithm, { message }, data);
      for (const shuffle of [{}, { shuffle: key(3) }]) {
        const rows = data.cuts
          .slice(1)
          .flatMap((_, shard) => [2, 0, 1].map((part) => ({ shard, part, of: 3, ...shuffle })));
        const { sum, parts } = await executor.collect(algorithm, { message, rows, parts: true }, data);
        expectCloseTrees(sum, due, closeness(subject));
        expect(parts!.slice(1).reduce<Tree>(addTrees, copyTree(parts![0]!)), 'parts in order').toStrictEqual(sum);
      }
      await executor.close();
    },
  },
  {
    name: 'order-invariant',
    title: 'statistics do not depend on the order of rows',
    check: async (subject) => {
      const { algorithm, x, backend } = subject;
      const data = dataFor(subject, x);
      const state = await stepsOn(subject, startOf(subject, data, x), data, 1);
      const shuffled = dataFor(subject, takeRows(x, permutation(generator(key(5)), x.rows)));
      expectCloseTrees(
        await sumAll(algorithm, state, shuffled, backend),
        await sumAll(algorithm, state, data, backend),
        closeness(subject),
      );
    },
  },
  {
    name: 'relabel-equivariant',
    title: 'components that start in another order end in that order, the same in all else',
    check: async (subject) => {
      const { conformance, config, problem, x } = subject;
      const { family } = problem;
      const data = dataFor(subject, x);
      const mixture = mixtureOf(subject, startOf(subject, data, x));
      const order = [2, 0, 1];
      const turned = {
        logWeights: Float64Array.from(order, (k) => mixture.logWeights[k]!),
        params: family.select(mixture.params, order),
      };
      const [ends, turnedEnds] = await Promise.all(
        [mixture, turned].map(async (start) => {
          const state = conformance.stateOf === undefined ? start : conformance.stateOf(start, config);
          return mixtureOf(subject, await stepsOn(subject, state, data, 3));
        }),
      );
      expectCloseTrees(turnedEnds!.params, family.select(ends!.params, order), 100 * closeness(subject));
      expectCloseTrees(
        turnedEnds!.logWeights,
        Float64Array.from(order, (k) => ends!.logWeights[k]!),
        100 * closeness(subject),
      );
    },
  },
  {
    name: 'row-weights',
    title: 'a row of weight 2 is a row that came twice, and one of weight 0 a row removed',
    check: async (subject) => {
      const { algorithm, x, backend } = subject;
      const weights = Float64Array.from({ length: x.rows }, (_, n) => n % 3);
      const repeated = takeRows(
        x,
        Array.from({ length: x.rows }, (_, n) => n).flatMap((n) => Array.from({ length: n % 3 }, () => n)),
      );
      const weighted = dataFor(subject, x, { weights });
      const state = startOf(subject, weighted, x);
      const due = await sumAll(algorithm, state, dataFor(subject, repeated), backend);
      expectCloseTrees(await sumAll(algorithm, state, weighted, backend), due, closeness(subject));
    },
  },
  {
    name: 'cancel',
    title: 'collect under a cancellation that has fired throws ABORTED',
    check: (subject) => {
      const data = dataFor(subject, subject.x);
      const shard = openShard(data, 0, subject.backend);
      const state = startOf(subject, data, subject.x);
      try {
        const { message } = askOf(subject.algorithm, state, data, subject.backend);
        expect(() => subject.algorithm.collect(message, shard, { aborted: true })).toThrow(
          expect.objectContaining({ code: 'ABORTED' }),
        );
      } finally {
        shard.release();
      }
    },
  },
];

/** First rows of parts, with an empty part and parts of one row among them. */
function randomCuts(rows: number, seed: number): number[] {
  const random = generator(key(seed));
  const inner = Array.from({ length: 5 }, () => random.integer(rows));
  const twice = inner[0]!;
  return [0, ...[...inner, twice, Math.min(rows, twice + 1)].sort((a, b) => a - b), rows];
}
