import { takeRows } from '@mixtention/core/base';
import { openShard } from '@mixtention/core/data';
import { generator, key, permutation } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import { type AlgorithmRow, closeness, collectAll, dataFor, mixtureOf, startOf, stepsOn } from './algorithm-subject.ts';
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
      const due = await collectAll(algorithm, state, { ...data, id: 'uncut', cuts: [0, x.rows] }, backend);
      await forAllAsync(
        { seed: caseSeed },
        async ({ seed }) => {
          const cut = { ...data, id: `cut-${seed}`, cuts: randomCuts(x.rows, seed) };
          expectCloseTrees(await collectAll(algorithm, state, cut, backend), due, closeness(subject));
        },
        { runs: 8 },
      );
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
        await collectAll(algorithm, state, shuffled, backend),
        await collectAll(algorithm, state, data, backend),
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
      const due = await collectAll(algorithm, state, dataFor(subject, repeated), backend);
      expectCloseTrees(await collectAll(algorithm, state, weighted, backend), due, closeness(subject));
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
        expect(() => subject.algorithm.collect(state as never, shard, { aborted: true })).toThrow(
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
