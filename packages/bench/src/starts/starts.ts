import type { Executor, Matrix } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { threads } from '@mixtention/core/threads';
import { fit } from '@mixtention/em';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { median } from '../speed/median.ts';
import { table } from '../speed/table.ts';
import { compareScreening } from './compare-screening.ts';

const STARTS = 16;
const ROWS = 20_000;
const WIDTH = 8;
const COMPONENTS = 6;
const MOST_ITERATIONS = 60;
/** What two workers are to be at least, times one of the same protocol. */
const DUE = 1.7;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
/** Default fits of this table are set beside ten full starts instead. */
const { TABLE, SEEDS = '0,1,2,3,4', BACKENDS = 'native,plain' } = process.env;

/**
 * `npm run bench:starts`: sixteen starts of a table of 20,000 × 8, by turns on one worker that is asked pass by pass, on one that makes whole starts, and on two that do. The ratio
 * that is due is that of the last two, which differ in nothing else; passes tell what whole starts spare.
 *
 * `TABLE=six-groups.csv npm run bench:starts`: default fits of a table with six components beside ten full starts (`six_groups.py` writes it).
 */
await runCommand(async (signal) => {
  const { cpu, cores, node, loadAverage } = machine();
  const here = `${cpu}, ${cores} cores, Node ${node}, load average ${loadAverage.toFixed(2)}`;
  if (TABLE !== undefined) {
    console.log(`${here}; CPU seconds, by turns\n`);
    return compareScreening(TABLE, {
      backends: BACKENDS.split(',') as ('native' | 'plain')[],
      seeds: SEEDS.split(',').map(Number),
      signal,
    });
  }
  console.log(
    `${here}; ${STARTS} starts of ${ROWS} × ${WIDTH}, K = ${COMPONENTS}, at most ${MOST_ITERATIONS} iterations; medians of ${ROUNDS} interleaved rounds, seconds; ${DUE} × is due\n`,
  );
  const x = rows();
  const lines: string[][] = [];
  for (const backend of ['native', 'wasm'] as const)
    for (const covariance of ['full', 'diagonal'] as const) {
      const [single, double] = await Promise.all([1, 2].map((workers) => threads({ backend, workers })));
      const executors = [single!, wholeOneByOne(single!), double!];
      try {
        const times = await inTurns(executors, async (executor) => {
          const { seconds } = await fit(x, {
            components: COMPONENTS,
            covariance,
            restarts: STARTS,
            screen: 0,
            maxIterations: MOST_ITERATIONS,
            executor,
            signal,
          });
          return seconds;
        });
        const seconds = times.map((own) => median(own).toFixed(2));
        const ratios = times.slice(0, 2).map((own) => median(own.map((t, i) => t / times[2]![i]!)).toFixed(2));
        lines.push([backend, covariance, ...seconds, ...ratios.map((ratio) => `${ratio} ×`).reverse()]);
      } finally {
        await Promise.all([single!.close(), double!.close()]);
      }
    }
  const columns = ['one, by passes', 'one, whole starts', 'two, whole starts', 'whole : whole', 'passes : whole'];
  console.log(table([['backend', 'covariances', ...columns], ...lines]));
});

/** The same worker, which makes each start whole, one after the other: what one of two does. */
function wholeOneByOne(executor: Executor): Executor {
  const { starts } = executor;
  let last: Promise<void> = Promise.resolve();
  return {
    ...executor,
    starts: {
      atOnce: () => 2,
      run(...task) {
        last = last.then(() => starts!.run(...task));
        return last;
      },
    },
  };
}

/** Seconds of each executor, `[3][ROUNDS]`; a first round warms them. */
async function inTurns(
  executors: readonly Executor[],
  time: (executor: Executor) => Promise<number>,
): Promise<number[][]> {
  const times: number[][] = executors.map(() => []);
  for (let round = -1; round < ROUNDS; round++)
    for (const [i, executor] of executors.entries()) {
      const seconds = await time(executor);
      if (round >= 0) times[i]!.push(seconds);
    }
  return times;
}

/** Six groups that overlap a little, so that starts take some twenty to a hundred steps. */
function rows(): Matrix {
  const random = generator(key(1));
  const data = Float64Array.from(
    { length: ROWS * WIDTH },
    (_, i) => random.normal() + 3 * (Math.floor(i / WIDTH) % COMPONENTS) * ((i % WIDTH) % 2),
  );
  return { data, rows: ROWS, cols: WIDTH };
}
