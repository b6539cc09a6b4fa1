import type { Executor, Matrix } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { threads } from '@mixtention/core/threads';
import { fit } from '@mixtention/em';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { median } from '../speed/median.ts';
import { table } from '../speed/table.ts';

const STARTS = 16;
const ROWS = 20_000;
const WIDTH = 8;
const COMPONENTS = 6;
const MOST_ITERATIONS = 60;
/** What two workers are to be at least, times one. */
const DUE = 1.7;
const ROUNDS = Number(process.env.ROUNDS ?? 5);

/** `npm run bench:starts`: sixteen whole starts of a table of 20,000 × 8 on one worker and on two, by turns. */
await runCommand(async (signal) => {
  const { cpu, cores, node, loadAverage } = machine();
  console.log(
    `${cpu}, ${cores} cores, Node ${node}, load average ${loadAverage.toFixed(2)}; ${STARTS} starts of ${ROWS} × ${WIDTH}, K = ${COMPONENTS}, at most ${MOST_ITERATIONS} iterations; medians of ${ROUNDS} interleaved rounds, seconds; ${DUE} × is due\n`,
  );
  const x = rows();
  const lines: string[][] = [];
  for (const backend of ['native', 'wasm'] as const)
    for (const covariance of ['full', 'diagonal'] as const) {
      const executors = await Promise.all([1, 2].map((workers) => threads({ backend, workers })));
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
        const [one, two] = times.map(median) as [number, number];
        const ratio = median(times[0]!.map((t, i) => t / times[1]![i]!));
        lines.push([backend, covariance, one.toFixed(2), two.toFixed(2), `${ratio.toFixed(2)} ×`]);
      } finally {
        await Promise.all(executors.map((executor) => executor.close()));
      }
    }
  console.log(table([['backend', 'covariances', 'one worker', 'two workers', 'ratio'], ...lines]));
});

/** Seconds of each executor, `[2][ROUNDS]`; a first round warms them. */
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
