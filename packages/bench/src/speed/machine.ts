import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Executor } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { median } from './median.ts';
import { productAlgorithm, productFlops } from './product-algorithm.ts';
import { registerAlgorithm } from './register-algorithm.ts';

/** What a figure depends on and must be quoted with. */
export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
  readonly loadAverage: number;
};

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    loadAverage: loadavg()[0]!,
  };
}

/** Rate of float32 matrix products of all workers of an executor together, in operations per second (median of `rounds`). */
export async function productRate(executor: Executor, rounds = 7): Promise<number> {
  const shards = Math.max(1, executor.workers);
  const config = { size: 1024, products: 9 };
  const data = dataset({ data: new Float32Array(shards), rows: shards, cols: 1 }, { shardRows: 1 });
  const rates = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    await executor.collect(productAlgorithm(config), { message: null }, data);
    const rate = (shards * productFlops(config)) / ((performance.now() - start) / 1000);
    // The first round loads the library in each worker.
    if (round > 0) rates.push(rate);
  }
  return median(rates);
}

/** Rate of multiply–adds in registers alone of all workers of an executor together, in loops a second (median of `rounds`); a loop takes some tens of milliseconds. */
export async function registerRate(executor: Executor, rounds = 5): Promise<number> {
  const shards = Math.max(1, executor.workers);
  const algorithm = registerAlgorithm({ steps: 2 ** 23 });
  const data = dataset({ data: new Float32Array(shards), rows: shards, cols: 1 }, { shardRows: 1 });
  const rates: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const begun = performance.now();
    await executor.collect(algorithm, { message: null }, data);
    if (round >= 0) rates.push((1000 * shards) / (performance.now() - begun));
  }
  return median(rates);
}
