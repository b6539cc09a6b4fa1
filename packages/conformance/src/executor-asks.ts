import type { Ask, Backend, Collected, RowPart, Tree } from '@mixtention/core';
import { inFloat64, inline, plain } from '@mixtention/core';
import { addTrees, copyTree } from '@mixtention/core/base';
import { key } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import { type ExecutorRow, once, probeData, using } from './executor-subject.ts';
import { expectCloseTrees } from './expect-close.ts';

/** Shards of 50 of 200 rows, whole, in parts and at random, in no order of their own. */
const ROWS: readonly RowPart[] = [
  { shard: 3, part: 0, of: 1 },
  { shard: 0, part: 1, of: 2 },
  { shard: 2, part: 2, of: 3, shuffle: key(4) },
  { shard: 0, part: 0, of: 2 },
  { shard: 2, part: 0, of: 3, shuffle: key(4) },
  { shard: 1, part: 0, of: 1, shuffle: key(5) },
  { shard: 2, part: 1, of: 3, shuffle: key(4) },
];

/** A step may ask for rows, parts and a precision. */
export const askRows: readonly ExecutorRow[] = [
  {
    name: 'rows-in-order',
    title:
      'what is asked for is what is looked at, each row once; parts come, and are summed, in its order, for 1 to 4 workers',
    check: async ({ shared, backend, probe }) => {
      const data = probeData(50);
      const ask: Ask = { message: probe.message, rows: ROWS, parts: true };
      const due = await using(inline(backend), (own) => own.collect(probe.algorithm(), ask, data));
      expect(seenIn(due.sum)).toEqual(new Array(200).fill(1));
      expect(due.parts!.map(rowsIn)).toEqual([50, 25, 17, 25, 16, 50, 17]);
      expect(due.parts!.slice(1).reduce<Tree>(addTrees, copyTree(due.parts![0]!))).toStrictEqual(due.sum);
      for (const workers of [1, 2, 3, 4]) {
        const executor = await shared(workers);
        const parts = await executor.collect(probe.algorithm(), ask, data);
        expect(parts, `${workers} workers`).toStrictEqual(due);
        // Memory of parts that were handed on is not used again.
        const message = { ...probe.message, bias: probe.message.bias.map((b) => b - 1) };
        await executor.collect(probe.algorithm(), { ...ask, message }, data);
        expect(parts).toStrictEqual(due);
        // What is handed back may be; the new ones are what they would be without.
        expect(await executor.collect(probe.algorithm(), { ...ask, into: parts.parts! }, data)).toStrictEqual(due);
      }
    },
  },
  {
    name: 'no-rows',
    title: 'where no rows are asked for there is no pass: the sum is null, parts are none',
    check: async ({ shared, probe }) => {
      const executor = await shared(2);
      const data = probeData(50);
      const algorithm = probe.algorithm({ kind: 'throw', shard: 0 });
      const ask = { message: probe.message, rows: [] };
      expect(await executor.collect(algorithm, ask, data)).toEqual({ sum: null, parts: null });
      expect(await executor.collect(algorithm, { ...ask, parts: true }, data)).toEqual({ sum: null, parts: [] });
    },
  },
  {
    name: 'rows-there-are-not',
    title: 'rows that there are not are refused by shard and part',
    check: async ({ shared, probe }) => {
      const executor = await shared(2);
      const data = probeData(50);
      for (const wrong of [{ shard: 4 }, { shard: -1 }, { part: 2 }, { part: 0.5 }, { of: 0 }, { of: Number.NaN }]) {
        const ask = { message: probe.message, rows: [{ shard: 0, part: 0, of: 2, ...wrong }] };
        await expect(executor.collect(probe.algorithm(), ask, data)).rejects.toMatchObject({
          code: 'BAD_OPTION',
          message: expect.stringMatching(/part \S+ of \S+ of shard \S+ was asked for .* 4 shards/),
        });
      }
    },
  },
  {
    name: 'either-precision',
    title:
      'a pass in float64 has the bits of the fused kernel in it, of tiny shards those of plain, whoever asks for it',
    check: async ({ shared, backend, probe }) => {
      const executor = await shared(2);
      // Shards of 50 rows are tiny (750 multiply–adds), those of 200 are not (3,000).
      for (const shardRows of [50, 200]) {
        const data = probeData(shardRows);
        const call = (ask: Partial<Ask>, precision?: 'float32' | 'float64'): Promise<Collected> =>
          executor.collect(probe.algorithm(), { message: probe.message, ...ask }, data, { precision });
        const on = (own: Backend): Promise<Collected> => once(inline(own), probe, data);
        const due = await on(shardRows === 50 ? plain : inFloat64(backend));
        const oracle = await on(plain);
        expectCloseTrees(due.sum!, oracle.sum!, 1e-13);
        if (shardRows > 50 && backend.name !== 'plain') expect(due).not.toStrictEqual(oracle);
        expect(await call({}, 'float64')).toStrictEqual(due);
        expect(await call({ precision: 'float64' })).toStrictEqual(due);
        expect(await call({ precision: 'float64' }, 'float32')).toStrictEqual(due);
        const own = await call({});
        if (backend.precision === 'float32') expect(own).not.toStrictEqual(due);
        expect(await call({}, backend.precision)).toStrictEqual(own);
      }
    },
  },
];

function seenIn(stats: Tree): number[] {
  return [...(stats as { readonly seen: Float64Array }).seen];
}

function rowsIn(stats: Tree): number {
  return seenIn(stats).reduce((a, b) => a + b, 0);
}
