import { execFileSync } from 'node:child_process';
import type { AnyAlgorithm } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { expect } from 'vitest';
import { type ExecutorRow, errorOf, once, probeData, using } from './executor-subject.ts';

/** Errors and aborts, with threads or without. */
export const troubleRows: readonly ExecutorRow[] = [
  {
    name: 'error-names-shard',
    title:
      'an error in collect reaches the caller with the shard, its own message, and the original stack as cause; the executor works on',
    check: async ({ shared, backend, probe }) => {
      const executor = await shared(2);
      const data = probeData(20);
      const error = await errorOf(executor, probe.algorithm({ kind: 'throw', shard: 3 }), probe.message, data);
      expect(error.message).toMatch(/shard 3\b.*the probe broke on purpose/);
      expect((error.cause as Error).stack).toContain('probe.mjs');
      expect(await executor.collect(probe.algorithm(), { message: probe.message }, data)).toStrictEqual(
        await once(inline(backend), probe, data),
      );
    },
  },
  {
    name: 'aborted-before',
    title: 'a signal that has fired already throws ABORTED',
    check: async ({ shared, probe }) => {
      const aborted = AbortSignal.abort();
      const error = await errorOf(await shared(2), probe.algorithm(), probe.message, probeData(50), aborted);
      expect(error.code).toBe('ABORTED');
    },
  },
  {
    name: 'aborted-between',
    title: 'a signal that fires in the middle throws ABORTED and leaves executor, state and data as they were',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const data = probeData(5);
        const controller = new AbortController();
        const timer = setTimeout(() => controller.abort(), 40);
        const error = await errorOf(
          executor,
          probe.algorithm({ kind: 'slow', shard: 0 }),
          probe.message,
          data,
          controller.signal,
        );
        clearTimeout(timer);
        expect(error.code).toBe('ABORTED');
        expect(await executor.collect(probe.algorithm(), { message: probe.message }, data)).toStrictEqual(
          await once(inline(backend), probe, data),
        );
      }),
  },
  {
    name: 'closed',
    title: 'a run in progress at close throws ABORTED, and a closed executor takes no other',
    check: async ({ make, probe }) => {
      const executor = await make(2);
      const data = probeData(5);
      const run = errorOf(executor, probe.algorithm({ kind: 'slow', shard: 0 }), probe.message, data);
      await new Promise((resolve) => setTimeout(resolve, 40));
      await executor.close();
      expect((await run).code).toBe('ABORTED');
      expect((await errorOf(executor, probe.algorithm(), probe.message, data)).code).toBe('BAD_OPTION');
    },
  },
];

/** What is asked of executors whose workers can be lost. */
export const workerRows: readonly ExecutorRow[] = [
  {
    name: 'lost-once',
    title: 'a worker that dies in the middle of a shard costs time and nothing else',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const data = probeData(20);
        const due = await once(inline(backend), probe, data);
        expect(
          await executor.collect(probe.algorithm({ kind: 'exit-once', shard: 4 }), { message: probe.message }, data),
        ).toStrictEqual(due);
        expect(await executor.collect(probe.algorithm(), { message: probe.message }, data)).toStrictEqual(due);
      }),
  },
  {
    name: 'lost-always',
    title: 'a shard that kills every worker is reported as WORKER_LOST with its number, and the executor works on',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const data = probeData(20);
        const error = await errorOf(executor, probe.algorithm({ kind: 'exit', shard: 4 }), probe.message, data);
        expect([error.code, /shard 4\b/.test(error.message)]).toEqual(['WORKER_LOST', true]);
        expect(await executor.collect(probe.algorithm(), { message: probe.message }, data)).toStrictEqual(
          await once(inline(backend), probe, data),
        );
      }),
  },
];

/**
 * The row that watches a process end by itself.
 *
 * @param inChild     source of an ES module that defines `executor` and imports `matrix` and `dataset`
 * @param hasWorkers  whether it is also watched after a worker was lost
 */
export function closeRow(inChild: string, hasWorkers: boolean): ExecutorRow {
  return {
    name: 'close',
    title: `close leaves nothing running: the process ends by itself with status 0${hasWorkers ? ', also after a worker was lost' : ''}`,
    check: ({ probe }) => {
      expect(endOf(inChild, probe.algorithm())).toContain('weight 30');
      if (hasWorkers) expect(endOf(inChild, probe.algorithm({ kind: 'exit-once', shard: 1 }))).toContain('weight 30');
    },
  };
}

/** What a process prints that runs the probe; a handle left open keeps it alive until the time is over, which throws, as any other status does. */
function endOf(inChild: string, { spec }: AnyAlgorithm): string {
  const source = `${inChild}
    const { algorithms } = await import(${JSON.stringify(spec.module)});
    const rows = Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(i), i / 30]);
    const data = dataset(matrix(rows), { shardRows: 10 });
    const message = { natural: new Float64Array(15), bias: new Float64Array(5) };
    const { sum } = await executor.collect(algorithms.probe(${JSON.stringify(spec.config)}), { message }, data);
    await executor.close();
    console.log('weight', sum.total.weight);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', timeout: 60_000 });
}
