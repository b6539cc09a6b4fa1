import { inline, type Matrix } from '@mixtention/core';
import { loadBackend } from '@mixtention/core/threads';
import { type FitOptions, fit, type ScheduleOptions } from '@mixtention/em';
import { readMatrix } from '@mixtention/files';
import { checkCount } from '@mixtention/mixture/fit';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { median } from '../speed/median.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { table } from '../speed/table.ts';
import { fourGroups } from './four-groups.ts';

const STARTS = 10;
const { SEEDS = '0,1,2,3,4', COMPONENTS = '6', TABLE, PLANTED = '12' } = process.env;

type Timed = { readonly logLikelihood: number; readonly cpu: number; readonly status: string };

/**
 * `npm run bench:moves`: maximum likelihood by split-merge from one start beside the best of ten full starts, by turns in this thread: log-likelihoods and CPU time.
 *
 * The table is `TABLE` (any file that the command line reads), or else four planted groups of seed `PLANTED`.
 */
await runCommand(async (signal) => {
  const seeds = SEEDS.split(',').map(Number);
  for (const seed of seeds) checkCount('bench/moves', 'SEEDS', seed, 0);
  const components = Number(COMPONENTS);
  const x: Matrix = TABLE === undefined ? fourGroups(Number(PLANTED)) : await readMatrix(TABLE);
  const executor = inline(await loadBackend('wasm'));
  const timed = async (options: Partial<FitOptions & ScheduleOptions>, seed: number): Promise<Timed> => {
    const spent = stopwatch();
    const { logLikelihood, status } = await fit(x, { components, seed, executor, signal, ...options });
    return { logLikelihood, cpu: spent().cpuSeconds, status };
  };
  // What is compiled once is not in the first of them.
  await timed({ maxIterations: 5, screen: 0 }, 0);
  const [moved, started]: [Timed[], Timed[]] = [[], []];
  for (const seed of seeds) {
    moved.push(await timed({ moves: 'split-merge' }, seed));
    started.push(await timed({ screen: 0, restarts: STARTS }, seed));
  }
  const rowOf = (name: string, all: readonly Timed[]): string[] => [
    name,
    ...all.map(({ logLikelihood }) => logLikelihood.toFixed(1)),
    median(all.map(({ logLikelihood }) => logLikelihood)).toFixed(1),
    Math.max(...all.map(({ logLikelihood }) => logLikelihood)).toFixed(1),
    all.map(({ cpu }) => cpu.toFixed(1)).join(' '),
    all.map(({ status }) => status).join(' '),
  ];
  const { cpu, cores, loadAverage } = machine();
  console.log(`${cpu}, ${cores} cores, load average ${loadAverage.toFixed(2)}`);
  console.log(
    `${TABLE ?? `four groups of seed ${PLANTED}`}: ${x.rows} × ${x.cols}, K = ${components}, full covariances\n`,
  );
  const heads = [
    'maximum likelihood',
    ...seeds.map((seed) => `seed ${seed}`),
    'median',
    'best',
    'CPU seconds',
    'status',
  ];
  console.log(table([heads, rowOf('split-merge', moved), rowOf(`best of ${STARTS} starts`, started)]));
  const share = median(moved.map((one, i) => one.cpu / started[i]!.cpu));
  console.log(`\nsplit-merge takes ${share.toFixed(2)} of the CPU time of ${STARTS} starts (median over seeds).`);
  await executor.close();
});
