import { type Executor, float64, inline } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { threads } from '@mixtention/core/threads';
import { batch } from '@mixtention/em';
import { gaussianDiagonal, pointWeights } from '@mixtention/mixture';
import { median } from '../speed/median.ts';
import { stopwatch } from '../speed/stopwatch.ts';

const ROUNDS = 9;
const PASSES = 100;

/** What a pass costs beside its work: passes over 12 shards of 100 and of 2 rows × 8 columns, and over 2 shards of 2 rows, wall and CPU time of this process, ms, in interleaved rounds. */
export async function passCost(signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  for (const [shards, rows] of [
    [12, 100],
    [12, 2],
    [2, 2],
  ] as const)
    lines.push(await costOf(shards, rows, signal));
  return lines.join('\n');
}

async function costOf(shards: number, shardRows: number, signal: AbortSignal): Promise<string> {
  const random = generator(key(1));
  const rows = shards * shardRows;
  const x = { data: Float64Array.from({ length: 8 * rows }, () => random.normal()), rows, cols: 8 };
  const data = dataset(x, { shardRows });
  const weights = pointWeights();
  const config = {
    family: gaussianDiagonal,
    components: 4,
    start: 'k-means++',
    prior: null,
    weights,
    floor: 0.01,
  } as const;
  const algorithm = batch(config);
  const ask = algorithm.ask(algorithm.init(key(1), x), { precision: 'float64', cuts: data.cuts });
  const two = await threads({ backend: 'wasm', precision: 'float64', workers: 2 });
  const measure = async (executor: Executor): Promise<readonly [wall: number, cpu: number]> => {
    signal.throwIfAborted();
    const spent = stopwatch();
    for (let i = 0; i < PASSES; i++) await executor.collect(algorithm, ask, data);
    const { seconds, cpuSeconds } = spent();
    return [(1000 * seconds) / PASSES, (1000 * cpuSeconds) / PASSES];
  };
  try {
    const sides = [inline(float64), two].map((executor) => ({ executor, times: [] as (readonly [number, number])[] }));
    // Two rounds that do not count: V8 still compiles.
    for (let round = -2; round < ROUNDS; round++)
      for (const { executor, times } of sides) {
        const time = await measure(executor);
        if (round >= 0) times.push(time);
      }
    const [here, there] = sides.map(({ times }) => [0, 1].map((i) => median(times.map((time) => time[i]!)).toFixed(3)));
    return `a pass over ${shards} shards of ${shardRows} rows, ms: in this thread ${here![0]} (CPU ${here![1]}), on 2 workers ${there![0]} (CPU ${there![1]} on all threads)`;
  } finally {
    await two.close();
  }
}
