import type { Cells, Collected } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { openReader } from '@mixtention/core/data';
import { expect } from 'vitest';
import type { ProbeState } from './executor-probe.ts';
import { type ExecutorRow, once, probeData } from './executor-subject.ts';

type Stats = {
  readonly counts: Float64Array;
  readonly visits: Float64Array;
  readonly total: { readonly weight: number };
};

/** The sum over shards, whoever computes it. */
export const answerRows: readonly ExecutorRow[] = [
  {
    name: 'equals-inline',
    title: 'the sum has the bits of inline on the same backend, for one shard, for many, and for 1, 2, 3 and 4 workers',
    check: async ({ shared, backend, probe }) => {
      const cuts = [200, 97, 13].map((shardRows) => probeData(shardRows));
      const due = await Promise.all(cuts.map((data) => once(inline(backend), probe, data)));
      for (const workers of [1, 2, 3, 4]) {
        const executor = await shared(workers);
        const sums: Collected[] = [];
        for (const data of cuts) sums.push(await executor.collect(probe.algorithm(), { message: probe.message }, data));
        expect(sums, `${workers} workers`).toStrictEqual(due);
      }
    },
  },
  {
    name: 'each-shard-once',
    title: 'each shard counts once, also over many calls with other states and data',
    check: async ({ shared, backend, probe }) => {
      const executor = await shared(2);
      for (const [i, shardRows] of [11, 50, 11, 200].entries()) {
        const data = probeData(shardRows);
        const message: ProbeState = { ...probe.message, bias: probe.message.bias.map((b) => b + i) };
        const collected = await executor.collect(probe.algorithm(), { message }, data);
        const stats = collected.sum as Stats;
        const shards = data.cuts.length - 1;
        expect([...stats.visits]).toEqual(Array.from({ length: 64 }, (_, s) => Number(s < shards)));
        expect(stats.total.weight).toBe(data.totalWeight);
        expect(collected).toStrictEqual(await once(inline(backend), probe, data, message));
      }
    },
  },
  {
    name: 'concurrent-calls',
    title: 'calls made at the same time, on one data set and on many, do not mix',
    check: async ({ shared, backend, probe }) => {
      const executor = await shared(2);
      const data = probeData(13);
      const messages = [0, 1, 2].map(
        (i): ProbeState => ({ ...probe.message, bias: probe.message.bias.map((b) => b * i) }),
      );
      const many = [14, 15, 16, 17, 18].map((rows) => probeData(rows));
      const calls = [data, ...many].flatMap((data) => messages.map((message) => ({ data, message })));
      const sums = await Promise.all(
        calls.map(({ data, message }) => executor.collect(probe.algorithm(), { message }, data)),
      );
      for (const [i, { data, message }] of calls.entries())
        expect(sums[i]).toStrictEqual(await once(inline(backend), probe, data, message));
    },
  },
  {
    name: 'inputs-untouched',
    title: 'message and data are left as they came',
    check: async ({ shared, probe }) => {
      const executor = await shared(2);
      const data = probeData(50);
      const cells = (): Cells => openReader(data).read(0, data.rows).data.slice();
      const before = structuredClone({ message: probe.message, rows: cells() });
      await executor.collect(probe.algorithm(), { message: probe.message }, data);
      expect({ message: probe.message, rows: cells() }).toStrictEqual(before);
    },
  },
];
