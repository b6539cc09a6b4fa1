import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import { dataset } from '../data/dataset.ts';
import type { MixtentionError } from '../errors.ts';
import { inline } from '../execution/inline.ts';
import { generator } from '../random/generator.ts';
import { key } from '../random/key.ts';
import type { AnyAlgorithm, Backend, Dataset, Executor, Tree } from '../types.ts';
import { PROBE, type Probe, type ProbeState } from './executor-probe.ts';
import type { Row } from './rows.ts';

export type ExecutorSubject = {
  readonly make: (workers: number) => Executor | Promise<Executor>;
  /** The backend that the executor runs on: inline on it is the measure. */
  readonly backend: Backend;
  readonly probe: Probe;
};

export type ExecutorRow = Row<ExecutorSubject>;

type Stats = {
  readonly counts: Float64Array;
  readonly visits: Float64Array;
  readonly total: { readonly weight: number };
};

/** What every executor answers, with threads or without. */
export const executorRows: readonly ExecutorRow[] = [
  {
    name: 'equals-inline',
    title: 'the sum has the bits of inline on the same backend, for one shard, for many, and for 1, 2, 3 and 4 workers',
    check: async ({ make, backend, probe }) => {
      const cuts = [200, 97, 13].map((shardRows) => probeData(backend, shardRows));
      const due = await Promise.all(cuts.map((data) => once(inline(backend), probe, data)));
      for (const workers of [1, 2, 3, 4]) {
        const sums = await using(make(workers), async (executor) => {
          const all: Tree[] = [];
          for (const data of cuts) all.push(await executor.collect(probe.algorithm(), probe.state, data));
          return all;
        });
        expect(sums, `${workers} workers`).toStrictEqual(due);
      }
    },
  },
  {
    name: 'each-shard-once',
    title: 'each shard counts once, also over many calls with other states and data',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        for (const [i, shardRows] of [11, 50, 11, 200].entries()) {
          const data = probeData(backend, shardRows);
          const state: ProbeState = { ...probe.state, bias: probe.state.bias.map((b) => b + i) };
          const stats = (await executor.collect(probe.algorithm(), state, data)) as Stats;
          const shards = data.cuts.length - 1;
          expect([...stats.visits]).toEqual(Array.from({ length: 64 }, (_, s) => Number(s < shards)));
          expect(stats.total.weight).toBe(data.totalWeight);
          expect(stats).toStrictEqual(await once(inline(backend), probe, data, state));
        }
      }),
  },
  {
    name: 'concurrent-calls',
    title: 'calls made at the same time do not mix',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const data = probeData(backend, 13);
        const states = [0, 1, 2].map((i): ProbeState => ({ ...probe.state, bias: probe.state.bias.map((b) => b * i) }));
        const sums = await Promise.all(states.map((state) => executor.collect(probe.algorithm(), state, data)));
        for (const [i, state] of states.entries())
          expect(sums[i]).toStrictEqual(await once(inline(backend), probe, data, state));
      }),
  },
  {
    name: 'inputs-untouched',
    title: 'state and data are left as they came',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const data = probeData(backend, 50);
        const before = structuredClone({ state: probe.state, rows: new Uint8Array(data.buffer).slice() });
        await executor.collect(probe.algorithm(), probe.state, data);
        expect({ state: probe.state, rows: new Uint8Array(data.buffer).slice() }).toStrictEqual(before);
      }),
  },
  {
    name: 'error-names-shard',
    title:
      'an error in collect reaches the caller with the shard, its own message, and the original stack as cause; the executor works on',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const data = probeData(backend, 20);
        const error = await errorOf(executor, probe.algorithm({ kind: 'throw', shard: 3 }), probe.state, data);
        expect(error.message).toMatch(/shard 3\b.*the probe broke on purpose/);
        expect((error.cause as Error).stack).toContain('probe.mjs');
        expect(await executor.collect(probe.algorithm(), probe.state, data)).toStrictEqual(
          await once(inline(backend), probe, data),
        );
      }),
  },
  {
    name: 'aborted-before',
    title: 'a signal that has fired already throws ABORTED',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const error = await errorOf(
          executor,
          probe.algorithm(),
          probe.state,
          probeData(backend, 50),
          AbortSignal.abort(),
        );
        expect(error.code).toBe('ABORTED');
      }),
  },
  {
    name: 'aborted-between',
    title: 'a signal that fires in the middle throws ABORTED and leaves executor, state and data as they were',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const data = probeData(backend, 5);
        const controller = new AbortController();
        const timer = setTimeout(() => controller.abort(), 40);
        const error = await errorOf(
          executor,
          probe.algorithm({ kind: 'slow', shard: 0 }),
          probe.state,
          data,
          controller.signal,
        );
        clearTimeout(timer);
        expect(error.code).toBe('ABORTED');
        expect(await executor.collect(probe.algorithm(), probe.state, data)).toStrictEqual(
          await once(inline(backend), probe, data),
        );
      }),
  },
];

/** What is asked of executors whose workers can be lost. */
export const workerRows: readonly ExecutorRow[] = [
  {
    name: 'lost-once',
    title: 'a worker that dies in the middle of a shard costs time and nothing else',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const data = probeData(backend, 20);
        const due = await once(inline(backend), probe, data);
        expect(
          await executor.collect(probe.algorithm({ kind: 'exit-once', shard: 4 }), probe.state, data),
        ).toStrictEqual(due);
        expect(await executor.collect(probe.algorithm(), probe.state, data)).toStrictEqual(due);
      }),
  },
  {
    name: 'lost-always',
    title: 'a shard that kills every worker is reported as WORKER_LOST with its number, and the executor works on',
    check: ({ make, backend, probe }) =>
      using(make(2), async (executor) => {
        const data = probeData(backend, 20);
        const error = await errorOf(executor, probe.algorithm({ kind: 'exit', shard: 4 }), probe.state, data);
        expect([error.code, /shard 4\b/.test(error.message)]).toEqual(['WORKER_LOST', true]);
        expect(await executor.collect(probe.algorithm(), probe.state, data)).toStrictEqual(
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
    const data = dataset(matrix(rows), { precision: executor.precision, shardRows: 10 });
    const state = { natural: new Float64Array(15), bias: new Float64Array(5) };
    const { total } = await executor.collect(algorithms.probe(${JSON.stringify(spec.config)}), state, data);
    await executor.close();
    console.log('weight', total.weight);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', timeout: 60_000 });
}

function probeData(backend: Backend, shardRows: number): Dataset {
  const random = generator(key(9));
  const data = Float64Array.from({ length: 200 * PROBE.width }, () => random.normal());
  return dataset({ data, rows: 200, cols: PROBE.width }, { precision: backend.precision, shardRows });
}

function once(executor: Executor, probe: Probe, data: Dataset, state: ProbeState = probe.state): Promise<Tree> {
  return using(executor, (own) => own.collect(probe.algorithm(), state, data));
}

async function using<Result>(
  made: Executor | Promise<Executor>,
  use: (executor: Executor) => Promise<Result>,
): Promise<Result> {
  const executor = await made;
  try {
    return await use(executor);
  } finally {
    await executor.close();
  }
}

async function errorOf(
  executor: Executor,
  algorithm: AnyAlgorithm,
  state: ProbeState,
  data: Dataset,
  signal?: AbortSignal,
): Promise<MixtentionError> {
  return executor.collect(algorithm, state, data, { signal }).then(
    () => expect.fail('collect was due to fail'),
    (error: MixtentionError) => error,
  );
}
