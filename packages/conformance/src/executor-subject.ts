import type { AnyAlgorithm, Backend, Collected, Dataset, Executor, MixtentionError } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import { PROBE, type Probe, type ProbeState } from './executor-probe.ts';
import type { Row } from './rows.ts';

export type ExecutorSubject = {
  readonly make: (workers: number) => Executor | Promise<Executor>;
  /** One for all rows that leave it as it was, open until the last of them: workers take long to load a backend. */
  readonly shared: (workers: number) => Promise<Executor>;
  /** The backend that the executor runs on: inline on it is the measure. */
  readonly backend: Backend;
  readonly probe: Probe;
};

export type ExecutorRow = Row<ExecutorSubject>;

/** 200 rows for the probe, cut into shards of so many. */
export function probeData(shardRows: number): Dataset {
  const random = generator(key(9));
  const data = Float64Array.from({ length: 200 * PROBE.width }, () => random.normal());
  return dataset({ data, rows: 200, cols: PROBE.width }, { shardRows });
}

/** One call on an executor that is closed behind it. */
export function once(
  executor: Executor,
  probe: Probe,
  data: Dataset,
  message: ProbeState = probe.message,
): Promise<Collected> {
  return using(executor, (own) => own.collect(probe.algorithm(), { message }, data));
}

/** An executor for as long as `use` runs. */
export async function using<Result>(
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

/** What a call that is due to fail throws. */
export async function errorOf(
  executor: Executor,
  algorithm: AnyAlgorithm,
  message: ProbeState,
  data: Dataset,
  signal?: AbortSignal,
): Promise<MixtentionError> {
  return executor.collect(algorithm, { message }, data, { signal }).then(
    () => expect.fail('collect was due to fail'),
    (error: MixtentionError) => error,
  );
}
